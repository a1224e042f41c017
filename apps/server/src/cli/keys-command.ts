import type { ApiKeyInfo, ApiKeyStore, Role } from '@netpulse/api'
import { createApiKeyStore, roles } from '@netpulse/api'
import { keysFileOf } from '../api-keys.js'
import { serverError } from '../errors.js'
import type { CommandLine } from './command-line.js'

const moment = (date: Date | undefined): string => (date === undefined ? 'never' : date.toISOString())

const line = ({ id, role, name, createdAt, lastUsedAt }: ApiKeyInfo): string =>
  `${id}  ${role.padEnd(8)}  created ${moment(createdAt)}  used ${moment(lastUsedAt)}  ${name}\n`

function roleOf(text: string | undefined): Role {
  const role = roles.find((one) => one === text)
  if (role === undefined) throw serverError('USAGE', `keys add needs --role: ${roles.join(', ')}.`)
  return role
}

async function add(keys: ApiKeyStore, { name, role }: CommandLine): Promise<string> {
  if (name === undefined) throw serverError('USAGE', 'keys add needs --name: who or what uses the key.')
  const made = await keys.create({ name, role: roleOf(role) })
  return `${made.key}\n`
}

async function revoke(keys: ApiKeyStore, id: string | undefined): Promise<string> {
  if (id === undefined) throw serverError('USAGE', 'keys revoke needs the id of a key; keys list shows them.')
  await keys.revoke(id)
  return ''
}

/**
 * `keys list|add|revoke`, also while the server runs: it sees the change within a second. The answer is what to print.
 * @throws USAGE, API_KEY_UNKNOWN, API_KEYS_UNREADABLE
 */
export async function keysCommand(commandLine: CommandLine, store: string): Promise<string> {
  const file = keysFileOf(store)
  if (file === undefined) throw serverError('USAGE', 'With the store memory: keys live in the server only.')
  const [, verb, id] = commandLine.words
  await using keys = await createApiKeyStore(file)
  switch (verb) {
    case 'list':
      return (await keys.list()).map(line).join('')
    case 'add':
      return add(keys, commandLine)
    case 'revoke':
      return revoke(keys, id)
    default:
      throw serverError('USAGE', 'keys takes list, add or revoke.')
  }
}
