import type { ClientClock } from './clock.js'
import { systemClock } from './clock.js'

/** The part of `fetch` that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** How to reach a server. */
export interface NetPulseClientOptions {
  /** Where the API stands, with its prefix: `https://netpulse.example/api`. */
  readonly url: string
  /** Sent as `Authorization: Bearer`, and shown nowhere. */
  readonly apiKey: string
  /** How long one answer may take, on top of the time that a request asks to wait. Milliseconds, 1 to 2^31 - 1. @defaultValue 30,000 */
  readonly timeoutMs?: number
  /** How often a request is repeated that may be: reads, and those with an idempotency key. 0: never. @defaultValue 3 */
  readonly retries?: number
  /** Send an `Idempotency-Key` with every request that makes jobs, so that it can be repeated. @defaultValue true */
  readonly idempotencyKeys?: boolean
  /** @defaultValue the global `fetch` */
  readonly fetch?: Fetch
  /** Further headers of every request, for a proxy in between. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>
  /** @defaultValue the system's clock */
  readonly clock?: ClientClock
  /** Spreads repetitions over time: a number from 0 to 1. @defaultValue `Math.random` */
  readonly random?: () => number
}

/** Options with every default filled in. */
export type ClientSettings = Required<NetPulseClientOptions>

/** The URL without a slash at its end. @throws TypeError for what no request could go to */
function baseOf(text: string): string {
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('url must begin with http: or https:.')
  if (url.username !== '' || url.password !== '')
    throw new TypeError('url must not hold a user or a password: URLs end up in logs.')
  if (url.search !== '' || url.hash !== '') throw new TypeError('url must not have a query or a fragment.')
  return url.href.replace(/\/+$/, '')
}

function assertWithin(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`${name} must be a whole number from ${least} to ${most}.`)
}

/** @throws TypeError for an option that is not allowed */
export function settingsOf(options: NetPulseClientOptions): ClientSettings {
  const settings: ClientSettings = {
    timeoutMs: 30_000,
    retries: 3,
    idempotencyKeys: true,
    fetch: (url, init) => fetch(url, init),
    headers: {},
    clock: systemClock,
    random: Math.random,
    ...options,
    url: baseOf(options.url),
  }
  if (!/^[\x21-\x7e]+$/.test(settings.apiKey)) throw new TypeError('apiKey must be a key as the server printed it.')
  assertWithin('timeoutMs', settings.timeoutMs, 1, 2 ** 31 - 1)
  assertWithin('retries', settings.retries, 0, 100)
  return settings
}
