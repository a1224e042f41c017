import { coreError } from '@netpulse/core'

export interface HostPort {
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
}

/** What a Redis URL says. */
export interface RedisTarget extends HostPort {
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number | undefined
}

/** `host:port`, IPv6 in brackets: what messages and logs call a server. */
export const addressText = ({ host, port }: HostPort): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** @throws INVALID_INPUT, never with the URL: it may hold a password */
export function parseRedisUrl(url: string): RedisTarget {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const database = /^\/?(\d{0,5})$/.exec(parsed?.pathname ?? '')?.[1]
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '' || database === undefined) {
    throw invalid('`url` must look like redis://user:password@host:6379/0 or rediss://host:6379')
  }
  if (parsed.search !== '') throw invalid('`url` takes no query; use the options beside it')
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    tls: parsed.protocol === 'rediss:',
    username: decoded(parsed.username),
    password: decoded(parsed.password),
    database: database === '' ? undefined : Number(database),
  }
}

/** @throws INVALID_INPUT */
export function parseHostPort(text: string, defaultPort: number): HostPort {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^\s:@/]+))(?::(\d{1,5}))?$/i.exec(text) ?? []
  const host = bracketed ?? plain
  const number = port === undefined ? defaultPort : Number(port)
  if (host === undefined || number < 1 || number > 65_535)
    throw invalid('each of `sentinel.addresses` must be host:port')
  return { host, port: number }
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('user and password in `url` must be percent-encoded')
  }
}

const invalid = (what: string): Error => coreError('INVALID_INPUT', `The Redis configuration is invalid: ${what}.`)
