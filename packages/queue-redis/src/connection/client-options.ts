import { randomBytes } from 'node:crypto'
import type { ClientOptions } from './redis.js'
import type { RedisTlsOptions } from './redis-options.js'
import type { RedisSettings } from './settings.js'

/** First pause before a reconnect; doubled from try to try. Milliseconds. */
const firstPauseMs = 50
const longestPauseMs = 2_000

/**
 * Pause before the `attempt`th reconnect, from 1: 50 ms doubled up to 2 s, of which a random half, so that the nodes of
 * a deployment do not all return in the same moment. Milliseconds.
 */
export function reconnectPauseMs(attempt: number, random: () => number = Math.random): number {
  const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(attempt - 1, 16), longestPauseMs)
  return Math.round(pauseMs * (0.5 + random() / 2))
}

/** What a connection is for; shows in CLIENT LIST as `netpulse-commands-` and so on, with an end of its own. */
export type ConnectionRole = 'start' | 'commands' | 'subscriber' | 'blocking'

/** The options of ioredis for one connection. */
export function clientOptions(settings: RedisSettings, role: ConnectionRole): ClientOptions {
  const { commandTimeoutMs, connectTimeoutMs, username, password, database } = settings
  return {
    ...target(settings, role === 'start'),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    db: database,
    connectionName: `netpulse-${role}-${randomBytes(4).toString('hex')}`,
    connectTimeout: connectTimeoutMs,
    // RESP2: every server and proxy speaks it, and a refused login is a plain answer to AUTH.
    protocol: 2,
    disableClientInfo: true,
    maxLoadingRetryTime: 1_000,
    retryStrategy: role === 'start' ? null : (attempt) => reconnectPauseMs(attempt),
    // Commands wait for the reconnect until their own time is up, not for a number of attempts.
    maxRetriesPerRequest: null,
    // A master that has become a replica: connect anew, Sentinel knows the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(role === 'blocking' ? {} : { commandTimeout: commandTimeoutMs }),
    // A server that has gone without a word is noticed by the first command that gets no answer.
    ...(role === 'commands' ? { socketTimeout: commandTimeoutMs } : {}),
  }
}

/** `once`: the Sentinels are asked once each, not until one answers. */
function target(settings: RedisSettings, once: boolean): ClientOptions {
  const { addresses, sentinel, tls, commandTimeoutMs } = settings
  const tlsOptions = tls === undefined ? undefined : nodeTls(tls)
  if (sentinel === undefined) {
    const { host, port } = addresses[0]!
    return { host, port, ...(tlsOptions === undefined ? {} : { tls: tlsOptions }) }
  }
  return {
    sentinels: [...addresses],
    name: sentinel.masterName,
    sentinelCommandTimeout: commandTimeoutMs,
    sentinelRetryStrategy: (attempt) => (once ? null : reconnectPauseMs(attempt)),
    ...(sentinel.username === undefined ? {} : { sentinelUsername: sentinel.username }),
    ...(sentinel.password === undefined ? {} : { sentinelPassword: sentinel.password }),
    ...(sentinel.tls === true ? { sentinelTLS: tlsOptions ?? {} } : {}),
    ...(tlsOptions === undefined ? {} : { tls: tlsOptions, enableTLSForSentinelMode: true }),
  }
}

type NodeTls = NonNullable<ClientOptions['tls']>

function nodeTls({ ca, cert, key, serverName, rejectUnauthorized = true }: RedisTlsOptions): NodeTls {
  return {
    rejectUnauthorized,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}
