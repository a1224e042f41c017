import { createSecureContext } from 'node:tls'
import { compileSchema, coreError } from '@netpulse/core'
import { parseHostPort, parseRedisUrl } from './addresses.js'
import type { HostPort } from './addresses.js'
import type { RedisOptions, RedisSentinelOptions, RedisTlsOptions } from './redis-options.js'

/** The options with every default filled in, the URL taken apart. */
export interface RedisSettings {
  /** One address, or those of the Sentinels. */
  readonly addresses: readonly HostPort[]
  readonly sentinel: (Omit<RedisSentinelOptions, 'addresses'> & { readonly masterName: string }) | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
  readonly tls: RedisTlsOptions | undefined
  /** With its hash tag: `{np}:`. */
  readonly prefix: string
  readonly commandTimeoutMs: number
  readonly connectTimeoutMs: number
}

type Checked = RedisOptions & Required<Pick<RedisOptions, 'keyPrefix' | 'commandTimeoutMs' | 'connectTimeoutMs'>>

const text = { type: 'string', minLength: 1 }
const milliseconds = (preset: number): object => ({
  type: 'integer',
  minimum: 100,
  maximum: 600_000,
  default: preset,
  'x-unit': 'ms',
})

/** The schema of `RedisOptions`. Defaults stand here and nowhere else. */
const schema = compileSchema<Checked>({
  type: 'object',
  additionalProperties: false,
  properties: {
    url: text,
    username: text,
    password: text,
    database: { type: 'integer', minimum: 0 },
    tls: {
      type: 'object',
      additionalProperties: false,
      properties: { ca: text, cert: text, key: text, serverName: text, rejectUnauthorized: { type: 'boolean' } },
    },
    sentinel: {
      type: 'object',
      additionalProperties: false,
      required: ['addresses'],
      properties: {
        addresses: { type: 'array', minItems: 1, items: text },
        masterName: { ...text, default: 'mymaster' },
        username: text,
        password: text,
        tls: { type: 'boolean', default: false },
      },
    },
    // Braces would open a second hash tag.
    keyPrefix: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$', default: 'np' },
    commandTimeoutMs: milliseconds(5_000),
    connectTimeoutMs: milliseconds(10_000),
  },
})

/** @throws INVALID_INPUT; its message holds no password */
export function redisSettingsOf(options: RedisOptions): RedisSettings {
  const checked = schema.parse(structuredClone(options), 'The Redis configuration')
  const { url, sentinel, tls, keyPrefix, commandTimeoutMs, connectTimeoutMs } = checked
  if ((url === undefined) === (sentinel === undefined)) throw invalid('give either `url` or `sentinel`')
  const target = url === undefined ? undefined : parseRedisUrl(url)
  if (target !== undefined && tls !== undefined && !target.tls) throw invalid('`tls` needs a `rediss://` address')
  assertPem(tls)
  return {
    addresses: target === undefined ? sentinel!.addresses.map((one) => parseHostPort(one, 26379)) : [target],
    sentinel: sentinel as RedisSettings['sentinel'],
    username: checked.username ?? target?.username,
    password: checked.password ?? target?.password,
    database: checked.database ?? target?.database ?? 0,
    tls: tls ?? (target?.tls === true ? {} : undefined),
    prefix: `{${keyPrefix}}:`,
    commandTimeoutMs,
    connectTimeoutMs,
  }
}

/** A wrong text would otherwise show itself as a failed connection, again and again. */
function assertPem(tls: RedisTlsOptions | undefined): void {
  if (tls === undefined) return
  const { ca, cert, key } = tls
  if ((cert === undefined) !== (key === undefined)) throw invalid('`tls.cert` and `tls.key` belong together')
  try {
    createSecureContext({ ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert, key }) })
  } catch {
    throw invalid('`tls.ca`, `tls.cert` and `tls.key` must be PEM texts, and the key that of the certificate')
  }
}

const invalid = (what: string): Error => coreError('INVALID_INPUT', `The Redis configuration is invalid: ${what}.`)
