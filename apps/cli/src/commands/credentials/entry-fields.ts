import type { Command } from 'commander'
import type { Context } from '../../context.js'
import { cliError } from '../../errors.js'
import { collect } from '../../global-options.js'
import { askSecret } from '../../secrets/prompt.js'
import { secretIn } from '../../secrets/secret-file.js'
import type { SealedFileOptions } from './sealed-file.js'

/** Options of `credentials set`: where the values of an entry come from. No value of a secret is among them. */
export interface EntryOptions extends SealedFileOptions {
  readonly username?: string
  readonly passwordFile?: string
  readonly fieldFile?: readonly string[]
  readonly fieldEnv?: readonly string[]
  readonly ask?: readonly string[]
  readonly keep?: boolean
}

export const addEntryOptions = (command: Command): Command =>
  command
    .option('-u, --username <name>', 'the field username')
    .option('--password-file <file>', 'file with the field password, - for stdin; without any field it is asked for')
    .option('--field-file <field=file>', 'file with a field: pkey=id_ed25519; again for more', collect)
    .option('--field-env <field=variable>', 'variable of the environment with a field; again for more', collect)
    .option('--ask <field>', 'ask for a field on the terminal; again for more', collect)
    .option('--keep', 'keep the fields that are not given; else the entry has only those that are')

function pairOf(text: string, flag: string): readonly [string, string] {
  const [, field = '', source = ''] = /^([\w.-]+)=(.+)$/.exec(text) ?? []
  // What stands there may be a secret, where somebody took the flag for one that takes a value.
  if (field === '')
    throw cliError('COMMAND_LINE_INVALID', `${flag} needs FIELD=${flag.endsWith('env') ? 'VARIABLE' : 'FILE'}.`)
  return [field, source]
}

function variable({ parts }: Context<EntryOptions>, name: string): string {
  const value = parts.env[name]
  if (value === undefined || value === '')
    throw cliError('SECRET_MISSING', `The environment has no value in the variable that --field-env names.`)
  return value
}

/** A private key keeps its line ends; they are part of it. */
const isKey = (text: string): boolean => text.startsWith('-----BEGIN')

async function fieldFile({ parts }: Context<EntryOptions>, file: string): Promise<string> {
  const text = await secretIn(parts, file)
  return isKey(text) ? `${text}\n` : text
}

/**
 * The fields that the command line gives, from files, the environment and the terminal.
 * @throws COMMAND_LINE_INVALID, SECRET_MISSING, FILE_UNREADABLE
 */
export async function entryFields(
  context: Context<EntryOptions>,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const { options, parts } = context
  const { username, passwordFile, fieldFile: files = [], fieldEnv: variables = [], ask = [] } = options
  const fields: Record<string, string> = username === undefined ? {} : { username }
  if (passwordFile !== undefined) fields['password'] = await secretIn(parts, passwordFile)
  for (const [field, file] of files.map((text) => pairOf(text, '--field-file')))
    fields[field] = await fieldFile(context, file)
  for (const [field, from] of variables.map((text) => pairOf(text, '--field-env')))
    fields[field] = variable(context, from)
  const hasSecret = Object.keys(fields).some((field) => field !== 'username')
  const asked = ask.length === 0 && !hasSecret ? ['password'] : ask
  for (const field of asked) fields[field] = await askSecret(parts, `${field} of ${name}`)
  return fields
}
