import { randomBytes } from 'node:crypto'
import type { Logger } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import { redisError } from '../errors.js'
import { clientOptions } from './client-options.js'
import { probeScript } from './probe-script.js'
import { Redis } from './redis.js'
import { sentinelFailure } from './sentinel-failure.js'
import type { RedisSettings } from './settings.js'
import { permissionWords, serverName, startFailure } from './start-failure.js'

/** Oldest server that has every command that is used. */
const oldest = [6, 2] as const

type Info = ReadonlyMap<string, string>

/**
 * Connects once, without a second try, and asks for everything that this package will need, so that a wrong
 * configuration ends the start with one clear sentence. Warns about settings that lose jobs.
 * @throws REDIS_UNREACHABLE, REDIS_REFUSED, REDIS_TOO_OLD
 */
export async function checkStart(settings: RedisSettings, logger: Logger): Promise<void> {
  const client = new Redis({ ...clientOptions(settings, 'start'), lazyConnect: true })
  const cancel = systemClock.setTimer(settings.connectTimeoutMs, () => client.disconnect())
  try {
    await connect(client, settings)
    const info = parseInfo(await client.info())
    checkServer(settings, info)
    await checkRights(client, settings)
    warnAboutLoss(settings, info, logger)
  } catch (error) {
    throw startFailure(settings, error)
  } finally {
    cancel()
    client.disconnect()
  }
}

/** ioredis rejects with "Connection is closed."; why stands in the events before. */
async function connect(client: Redis, settings: RedisSettings): Promise<void> {
  const errors: Error[] = []
  const sentinelErrors: Error[] = []
  client.on('error', (error: Error) => errors.push(error))
  client.on('sentinelError', (error: Error) => sentinelErrors.push(error))
  let connected = false
  client.once('connect', () => (connected = true))
  await client.connect().catch((error: Error) => {
    if (sentinelErrors.length >= settings.addresses.length) throw sentinelFailure(settings, sentinelErrors)
    const loading = errors.length === 0 && connected && client.status !== 'ready'
    throw errors[0] ?? (loading ? new Error('LOADING, or no answer') : error)
  })
  // A refused SELECT is only an event; the connection would work on database 0.
  if (errors.length > 0) throw errors[0]!
}

function parseInfo(text: string): Info {
  const lines = text.split('\r\n').map((line) => line.split(':'))
  return new Map(lines.filter((parts) => parts.length > 1).map(([name, ...rest]) => [name!, rest.join(':')]))
}

function checkServer(settings: RedisSettings, info: Info): void {
  const version = info.get('redis_version') ?? '0'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw redisError(
      'REDIS_TOO_OLD',
      `${serverName(settings)} is version ${version}; ${oldest.join('.')} or newer is needed.`,
    )
  }
  if (info.get('role') === 'slave') throw new Error('READONLY')
}

async function checkRights(client: Redis, settings: RedisSettings): Promise<void> {
  const key = `${settings.prefix}start:${randomBytes(8).toString('hex')}`
  const sha = String(await client.script('LOAD', probeScript))
  const [command, answer] = (await client.evalsha(sha, 1, key)) as string[]
  if (command !== undefined) throw refusedInScript(settings, command, answer ?? '')
  await client.multi().exists(key).exec()
  await client.brpoplpush(key, key, 0.001)
  await client.subscribe(key)
}

function refusedInScript(settings: RedisSettings, command: string, answer: string): Error {
  if (!/can't run this|can't access|can't publish|NOPERM/.test(answer)) return new Error(answer)
  const words = /can't run this/.test(answer)
    ? `user '${settings.username ?? 'default'}' may not run ${command}`
    : permissionWords(settings.username, settings.prefix, answer)
  return redisError('REDIS_REFUSED', `${serverName(settings)} refused: ${words}.`)
}

/** Settings that a Redis for other uses often has, and that lose jobs here. */
function warnAboutLoss(settings: RedisSettings, info: Info, logger: Logger): void {
  const redis = serverName(settings)
  const policy = info.get('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    const message = `${redis} may throw jobs away when its memory is full: set maxmemory-policy to noeviction.`
    logger.warn({ maxmemoryPolicy: policy }, message)
  }
  if (info.get('aof_enabled') === '0') {
    logger.warn({}, `${redis} does not write jobs to disk at once: a restart loses some. Set appendonly to yes.`)
  }
}
