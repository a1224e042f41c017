import type { CredentialFile } from '@netpulse/credentials'
import type { Command } from 'commander'
import { confirm } from '../../confirm.js'
import type { CommandSet, Context } from '../../context.js'
import { doing } from '../../context.js'
import { cliError } from '../../errors.js'
import { exitCodes } from '../../exit-codes.js'
import { table } from '../../output/table.js'
import type { EntryOptions } from './entry-fields.js'
import { addEntryOptions, entryFields } from './entry-fields.js'
import type { SealedFileOptions } from './sealed-file.js'
import { addSealedFileOptions, openSealedFile, sealedFileOf } from './sealed-file.js'

export function listCommand(set: CommandSet): Command {
  const command = set.program
    .command('list')
    .summary('list the entries of the sealed file')
    .description('Lists the entries of the sealed file with the names of their fields, and no value.')
  return doing<SealedFileOptions>(addSealedFileOptions(command), set, async (context) => {
    const entries = await (await openSealedFile(context)).list()
    const rows = entries.map(({ name, fields }) => ({ name, fields: fields.join(' ') }))
    const text = (): string =>
      table(
        [
          { head: 'NAME', value: ({ name }) => name },
          { head: 'FIELDS', value: ({ fields }) => fields },
        ],
        rows,
      )
    await context.report.list({ records: entries, rows, text })
    return exitCodes.ok
  })
}

export function setCommand(set: CommandSet): Command {
  const command = set.program
    .command('set')
    .summary('add an entry, or replace its fields')
    .description(
      'Adds an entry to the sealed file, or replaces the fields of one. Values come from files, the environment or the terminal. Servers and workers see it at once.',
    )
    .argument('<name>', 'reference of the entry: core/r1')
  return doing<EntryOptions>(addSealedFileOptions(addEntryOptions(command)), set, async (context, [name = '']) => {
    await sealedFileOf(context) // a mistake is told before anybody types a secret
    const fields = await entryFields(context, name)
    const file = await openSealedFile(context, true)
    const kept = context.options.keep === true ? await fieldsOf(file, name) : {}
    const entry = { ...kept, ...fields }
    await file.set(name, entry)
    const names = Object.keys(entry).sort()
    context.report.one({ name, fields: names }, () => `${name}  ${names.join(' ')}\n`)
    return exitCodes.ok
  })
}

async function fieldsOf(file: CredentialFile, name: string): Promise<Readonly<Record<string, string>>> {
  const fields = (await file.find(name)) ?? new Map()
  return Object.fromEntries([...fields].map(([field, secret]) => [field, secret.reveal()]))
}

interface RemoveOptions extends SealedFileOptions {
  readonly yes?: boolean
}

export function removeCommand(set: CommandSet): Command {
  const command = set.program
    .command('remove')
    .summary('remove entries')
    .description('Removes entries from the sealed file.')
    .argument('<names...>')
    .option('-y, --yes', 'without asking')
  return doing<RemoveOptions>(addSealedFileOptions(command), set, remove)
}

async function remove(context: Context<RemoveOptions>, names: readonly string[]) {
  const file = await openSealedFile(context)
  const known = new Set((await file.list()).map(({ name }) => name))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) throw cliError('ENTRY_UNKNOWN', `The sealed file has no entry ${unknown.join(', ')}.`)
  if (context.options.yes !== true) await confirm(context.parts, `Remove ${names.join(', ')}?`)
  for (const name of names) await file.remove(name)
  const removed = names.map((name) => ({ name, status: 'removed' }))
  await context.report.done(removed, ({ name }) => `${name}  removed`)
  return exitCodes.ok
}

interface RotateOptions extends SealedFileOptions {
  readonly newKey?: boolean
}

export function rotateCommand(set: CommandSet): Command {
  const command = set.program
    .command('rotate')
    .summary('seal the file anew')
    .description(
      "Seals the file anew with the keyring's current key. With --new-key the keyring gets a new current key first; processes that run have the old keyring until they are started again.",
    )
    .option('--new-key', 'add a key to the keyring and make it the current one')
  return doing<RotateOptions>(addSealedFileOptions(command), set, rotate)
}

async function rotate(context: Context<RotateOptions>) {
  await openSealedFile(context) // a wrong path or an unreadable keyring is told before anything is changed
  const { path, keyringPath } = await sealedFileOf(context)
  if (context.options.newKey === true) {
    const { addKeyringKey } = await import('@netpulse/credentials')
    await addKeyringKey(keyringPath)
    context.report.note(
      `netpulse: ${keyringPath} has a new key. Give the file to all servers and workers, and start them again.`,
    )
  }
  const file = await openSealedFile(context)
  await file.rotate()
  context.report.one({ file: path, entries: (await file.list()).length }, () => `${path}  sealed anew\n`)
  return exitCodes.ok
}
