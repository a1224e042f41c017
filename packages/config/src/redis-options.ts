import { readFile } from 'node:fs/promises'
import type { RedisOptions, RedisSentinelOptions, RedisTlsOptions } from '@netpulse/queue-redis'
import type { Config } from './config-schema.js'
import { configError } from './errors.js'

type RedisConfig = Config['redis']

/** The same without what is not set. */
type Present<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> }

const present = <Values extends object>(values: Values): Present<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<Values>

/**
 * How to reach Redis, with the certificates that the configuration names.
 * @throws CONFIG_UNREADABLE
 */
export async function redisOptions({ tls, sentinel, ...redis }: RedisConfig): Promise<RedisOptions> {
  const { url, username, password, database } = redis
  return {
    ...present({ url, username, password, database }),
    ...(tls === undefined ? {} : { tls: await tlsOptions(tls) }),
    ...(sentinel === undefined ? {} : { sentinel: sentinelOptions(sentinel) }),
    keyPrefix: redis.key_prefix,
    commandTimeoutMs: redis.command_timeout * 1000,
    connectTimeoutMs: redis.connect_timeout * 1000,
  }
}

async function tlsOptions({ ca, cert, key, ...tls }: NonNullable<RedisConfig['tls']>): Promise<RedisTlsOptions> {
  const texts = {
    ca: await pemOf('redis.tls.ca', ca),
    cert: await pemOf('redis.tls.cert', cert),
    key: await pemOf('redis.tls.key', key),
  }
  return { ...present({ ...texts, serverName: tls.server_name }), rejectUnauthorized: tls.reject_unauthorized }
}

function sentinelOptions(sentinel: NonNullable<RedisConfig['sentinel']>): RedisSentinelOptions {
  const { addresses, master_name: masterName, username, password, tls } = sentinel
  return { addresses, masterName, tls, ...present({ username, password }) }
}

async function pemOf(setting: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw configError('CONFIG_UNREADABLE', `The file ${path} of ${setting} cannot be read.`, { cause })
  }
}
