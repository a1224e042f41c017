import type { CredentialRef, CredentialTest } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet } from '../../context.js'
import { doing } from '../../context.js'
import { cliError } from '../../errors.js'
import { exitCodes } from '../../exit-codes.js'
import type { GlobalOptions } from '../../global-options.js'
import { collect, wholeNumber } from '../../global-options.js'
import { factsText } from '../../output/facts.js'
import { referenceOf } from '../device-options.js'

interface ReferenceOptions extends GlobalOptions {
  readonly mount?: string
  readonly secretVersion?: number
  readonly namespace?: string
  readonly map?: readonly string[]
}

export function testReferenceCommand(set: CommandSet): Command {
  const command = set.program
    .command('test')
    .summary('look a reference up, without showing it')
    .description(
      'Has the server look a reference up, and shows which fields the secret has. No value is in the answer.',
    )
    .argument('<reference>', '[provider:]ref')
    .option('--mount <name>', 'secrets engine of the provider')
    .option('--secret-version <number>', 'version of the secret', wholeNumber(1, 2 ** 31))
    .option('--namespace <name>', 'namespace of the provider')
    .option('--map <option=field>', 'option of connection_args and field of the secret; again for more', collect)
  return doing<ReferenceOptions>(command, set, async ({ client, options, parts, report }, [reference = '']) => {
    const tested = await (
      await client()
    ).credentials.test(fullReference(reference, options), { signal: parts.interrupted })
    report.one(tested, () => (tested.success ? textOf(tested) : ''))
    if (tested.success) return exitCodes.ok
    report.note(`netpulse: ${reference}: ${tested.error ?? ''} (${tested.code ?? ''})`)
    return exitCodes.failed
  })
}

function mappingOf(text: string): readonly [string, string] {
  const [, option = '', field = ''] = /^(\w+)=(.+)$/.exec(text) ?? []
  if (option === '') throw cliError('COMMAND_LINE_INVALID', '--map needs OPTION=FIELD: password=ssh_password.')
  return [option, field]
}

function fullReference(text: string, { mount, secretVersion, namespace, map }: ReferenceOptions): CredentialRef {
  return {
    ...referenceOf(text),
    ...(mount === undefined ? {} : { mount }),
    ...(secretVersion === undefined ? {} : { version: secretVersion }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(map === undefined ? {} : { field_mapping: Object.fromEntries(map.map(mappingOf)) }),
  }
}

const textOf = ({ provider, fields, options }: CredentialTest): string =>
  factsText([
    ['provider', provider],
    ['fields', fields.join(' ')],
    ['sets', options.join(' ')],
  ])
