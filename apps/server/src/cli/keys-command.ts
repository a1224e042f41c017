import type { ApiKeyInfo, ApiKeyStore, DeviceSelector, NewKeyWish, Role } from '@netpulse/api'
import { createApiKeyStore, roles } from '@netpulse/api'
import type { Config, ParsedFlags } from '@netpulse/config'
import { configError, isShared, redisOptions } from '@netpulse/config'
import { silentLogger } from '@netpulse/core'
import { keysFileOf, openSharedKeys } from '../api-keys.js'

const moment = (date: Date | undefined): string => (date === undefined ? 'never' : date.toISOString())

const line = ({ id, role, name, createdAt, expiresAt, lastUsedAt }: ApiKeyInfo): string =>
  `${id}  ${role.padEnd(8)}  created ${moment(createdAt)}  expires ${moment(expiresAt)}  used ${moment(lastUsedAt)}  ${name}\n`

function roleOf(text: string | undefined): Role {
  const role = roles.find((one) => one === text)
  if (role === undefined) throw configError('USAGE', `keys add needs --role: ${roles.join(', ')}.`)
  return role
}

/** `--expires 2027-01-31`, `--scopes query:run,job:read:own`, `--devices 'cidr=10.0.0.0/8,site=dc1;host=core-*'`. */
function grantsOf(flags: ParsedFlags): Pick<NewKeyWish, 'expiresAt' | 'scopes' | 'devices'> {
  const [expires, scopes, devices] = [flags.text('expires'), flags.text('scopes'), flags.text('devices')]
  return {
    ...(expires === undefined ? {} : { expiresAt: new Date(expires) }),
    ...(scopes === undefined ? {} : { scopes: scopes.split(',').map((one) => one.trim()) }),
    ...(devices === undefined ? {} : { devices: devices.split(';').map(selectorOf) }),
  }
}

function selectorOf(text: string): DeviceSelector {
  const pairs = text.split(',').map((pair) => pair.split('=', 2).map((part) => part.trim()))
  for (const [name = '', value] of pairs)
    if (value === undefined || !['site', 'tag', 'host', 'cidr'].includes(name))
      throw configError('USAGE', '--devices takes site=, tag=, host= and cidr=, such as cidr=10.0.0.0/8;host=core-*.')
  return Object.fromEntries(pairs) as DeviceSelector
}

async function rotate(keys: ApiKeyStore, id: string | undefined, flags: ParsedFlags): Promise<string> {
  if (id === undefined) throw configError('USAGE', 'keys rotate needs the id of a key; keys list shows them.')
  const overlapSeconds = Number(flags.text('overlap') ?? 0)
  return `${(await keys.rotate(id, { overlapSeconds })).key}\n`
}

async function add(keys: ApiKeyStore, flags: ParsedFlags): Promise<string> {
  const name = flags.text('name')
  if (name === undefined) throw configError('USAGE', 'keys add needs --name: who or what uses the key.')
  const made = await keys.create({ name, role: roleOf(flags.text('role')), ...grantsOf(flags) })
  return `${made.key}\n`
}

async function revoke(keys: ApiKeyStore, id: string | undefined): Promise<string> {
  if (id === undefined) throw configError('USAGE', 'keys revoke needs the id of a key; keys list shows them.')
  await keys.revoke(id)
  return ''
}

/**
 * `keys list|add|rotate|revoke`, also while servers run: they see the change within a second. The answer is what to print.
 * @throws USAGE, API_KEY_UNKNOWN, API_KEYS_UNREADABLE, and what Redis refuses
 */
export async function keysCommand(flags: ParsedFlags, config: Config): Promise<string> {
  if (!isShared(config)) {
    const file = keysFileOf(config.store)
    if (file === undefined) throw configError('USAGE', 'With the store memory: keys live in the server only.')
    await using keys = await createApiKeyStore(file)
    return await answer(flags, keys)
  }
  const { openRedis } = await import('@netpulse/queue-redis')
  await using redis = await openRedis(await redisOptions(config.redis), silentLogger)
  await using keys = openSharedKeys((collection) => redis.records(collection))
  return await answer(flags, keys)
}

async function answer(flags: ParsedFlags, keys: ApiKeyStore): Promise<string> {
  const [, verb, id] = flags.words
  switch (verb) {
    case 'list':
      return (await keys.list()).map(line).join('')
    case 'add':
      return add(keys, flags)
    case 'rotate':
      return rotate(keys, id, flags)
    case 'revoke':
      return revoke(keys, id)
    default:
      throw configError('USAGE', 'keys takes list, add, rotate or revoke.')
  }
}
