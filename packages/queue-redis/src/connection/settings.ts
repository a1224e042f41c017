import { createSecureContext } from 'node:tls'
import { compileSchema, coreError } from '@netpulse/core'
import { parseHostPort, parseRedisUrl } from './addresses.js'
import type { HostPort, RedisTarget } from './addresses.js'
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
  const target = targetOf(checked)
  const { username, password, database, keyPrefix, commandTimeoutMs, connectTimeoutMs } = checked
  return {
    username: username ?? target.username,
    password: password ?? target.password,
    database: database ?? target.database ?? 0,
    addresses: target.addresses,
    sentinel: checked.sentinel as RedisSettings['sentinel'],
    tls: tlsOf(checked.tls, target.tls),
    prefix: `{${keyPrefix}}:`,
    commandTimeoutMs,
    connectTimeoutMs,
  }
}

type Target = Partial<Pick<RedisTarget, 'username' | 'password' | 'database' | 'tls'>> &
  Pick<RedisSettings, 'addresses'>

function targetOf({ url, sentinel }: RedisOptions): Target {
  if (url !== undefined && sentinel !== undefined) throw invalid('give either `url` or `sentinel`, not both')
  if (sentinel !== undefined) return { addresses: sentinel.addresses.map((one) => parseHostPort(one, 26379)) }
  if (url === undefined) throw invalid('give `url` or `sentinel`')
  const { host, port, ...rest } = parseRedisUrl(url)
  return { ...rest, addresses: [{ host, port }] }
}

/** `byAddress`: what the address says about TLS; nothing behind Sentinels. */
function tlsOf(tls: RedisTlsOptions | undefined, byAddress: boolean | undefined): RedisTlsOptions | undefined {
  if (tls === undefined) return byAddress === true ? {} : undefined
  if (byAddress === false) throw invalid('`tls` needs a `rediss://` address')
  assertPem(tls)
  return tls
}

/** A wrong text would otherwise show itself as a failed connection, again and again. */
function assertPem({ ca, cert, key }: RedisTlsOptions): void {
  if ((cert === undefined) !== (key === undefined)) throw invalid('`tls.cert` and `tls.key` belong together')
  try {
    createSecureContext({ ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert, key }) })
  } catch {
    throw invalid('`tls.ca`, `tls.cert` and `tls.key` must be PEM texts, and the key that of the certificate')
  }
}

const invalid = (what: string): Error => coreError('INVALID_INPUT', `The Redis configuration is invalid: ${what}.`)
