import type { PinnedHostKey } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../../context.js'
import { doing } from '../../context.js'
import { addressOf } from '../../devices/address.js'
import { exitCodes } from '../../exit-codes.js'
import { readText } from '../../files.js'
import type { GlobalOptions } from '../../global-options.js'
import type { FlatRow } from '../../output/result-file.js'
import { table } from '../../output/table.js'
import { addCommandGroup } from '../command-group.js'
import { hostKeyOf } from './host-key-words.js'

export const hostKeysCommand = (set: CommandSet): Command =>
  addCommandGroup(set, {
    name: 'host-keys',
    summary: 'list, pin and forget the SSH host keys of devices',
    description: 'SSH host keys that addresses are trusted with, jump hosts too. An address is host[:port].',
    members: [listCommand, pinCommand, forgetCommand],
  })

function listCommand(set: CommandSet): Command {
  const command = set.program
    .command('list')
    .summary('list the trusted keys')
    .description('Lists which host key each address is trusted with.')
  return doing<GlobalOptions>(command, set, async ({ client, parts, report }) => {
    const keys = await (await client()).hostKeys.list({ signal: parts.interrupted })
    await report.list({ records: keys, rows: keys.map(rowOf), text: () => textOf(keys) })
    return exitCodes.ok
  })
}

interface PinOptions extends GlobalOptions {
  readonly file?: string
}

function pinCommand(set: CommandSet): Command {
  const command = set.program
    .command('pin')
    .summary('trust an address with a key')
    .description(
      'Trusts an address with a host key, in the place of the one that it had. KEY is TYPE SHA256:FINGERPRINT, or a public key. Sessions that are open stay open.',
    )
    .argument('<address>')
    .argument('[key...]')
    .option('--file <file>', 'file with the public key, as .pub or a line of known_hosts; - for stdin')
  return doing<PinOptions>(command, set, pin)
}

async function pin({ client, options, parts, report }: Context<PinOptions>, words: readonly string[]) {
  const [address = '', ...key] = words
  const text = options.file === undefined ? key.join(' ') : await readText(parts, options.file)
  const request = hostKeyOf(text)
  const pinned = await (await client()).hostKeys.pin(addressOf(address), request, { signal: parts.interrupted })
  report.one(pinned, () => `${pinned.address}  ${pinned.type}  ${pinned.fingerprint}\n`)
  return exitCodes.ok
}

function forgetCommand(set: CommandSet): Command {
  const command = set.program
    .command('forget')
    .summary('forget keys')
    .description('Forgets host keys: with trust on first use, the next connection pins what it finds.')
    .argument('<addresses...>')
  return doing<GlobalOptions>(command, set, async ({ client, parts, report }, words) => {
    const { hostKeys } = await client()
    const forgotten = words.map((word) => ({ address: addressOf(word) }))
    for (const { address } of forgotten) await hostKeys.forget(address, { signal: parts.interrupted })
    await report.done(forgotten, ({ address }) => `${address}  forgotten`)
    return exitCodes.ok
  })
}

const rowOf = ({ address, type, fingerprint, first_seen_at }: PinnedHostKey): FlatRow => ({
  ...{ address, type, fingerprint, first_seen_at },
})

const textOf = (keys: readonly PinnedHostKey[]): string =>
  table(
    [
      { head: 'ADDRESS', value: ({ address }) => address },
      { head: 'TYPE', value: ({ type }) => type },
      { head: 'FINGERPRINT', value: ({ fingerprint }) => fingerprint },
      { head: 'PINNED', value: ({ first_seen_at: at }) => at },
    ],
    keys,
  )
