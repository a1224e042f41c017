import { isNetPulseError } from '@netpulse/core'
import type { GuardedAnswer, GuardedHttp, GuardedRequest } from '@netpulse/plugin-sdk'
import type { Dispatcher } from 'undici'
import { Agent, request as send } from 'undici'
import { webhookError } from '../errors.js'
import type { AddressGuard } from './address-guard.js'
import { createAddressGuard } from './address-guard.js'
import { checkedUrl } from './checked-url.js'
import type { Resolve } from './guarded-connect.js'
import { guardedConnector, systemResolve } from './guarded-connect.js'

/** How to make a `GuardedHttp`. */
export interface GuardedHttpOptions {
  /** Addresses and CIDR blocks that may be reached although they are special: `10.1.0.0/16`. @defaultValue none */
  readonly allow?: readonly string[]
  /** @defaultValue the operating system's */
  readonly resolve?: Resolve
}

/** HTTP through the guard, with connections that are kept for a while. */
export interface OpenGuardedHttp extends GuardedHttp {
  /** The parsed URL. @throws URL_REFUSED, ADDRESS_FORBIDDEN */
  check(url: string): URL
  /** Ends every connection, requests that run with them. Idempotent. */
  close(): Promise<void>
}

/** @throws INVALID_INPUT for a range that is none */
export function createGuardedHttp({ allow = [], resolve = systemResolve }: GuardedHttpOptions = {}): OpenGuardedHttp {
  return new AgentHttp(createAddressGuard(allow), resolve)
}

const defaultBodyBytes = 64 * 1024
const shortBodyBytes = 16 * 1024
/** Headers that are for one origin. */
const ofOneOrigin = new Set(['authorization', 'cookie', 'proxy-authorization'])

class AgentHttp implements OpenGuardedHttp {
  readonly #guard: AddressGuard
  readonly #agent: Agent

  constructor(guard: AddressGuard, resolve: Resolve) {
    this.#guard = guard
    this.#agent = new Agent({ connect: guardedConnector(guard, resolve) })
  }

  check(url: string): URL {
    return checkedUrl(url, this.#guard)
  }

  async request(request: GuardedRequest): Promise<GuardedAnswer> {
    let hop = { ...request, url: this.check(request.url).href }
    for (let left = request.maxRedirects ?? 0; ; left--) {
      const answer = await this.#send(hop)
      if (left <= 0 || !isFollowed(answer, hop)) return answer
      hop = this.#next(hop, answer)
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  async #send({
    url,
    method = 'GET',
    headers = {},
    body,
    signal,
    maxBodyBytes,
  }: GuardedRequest): Promise<GuardedAnswer> {
    try {
      const options = { dispatcher: this.#agent, method, headers, signal, body: body ?? null }
      const response = await send(url, options)
      if (maxBodyBytes === 0) return { ...headOf(response), ...(await withoutBody(response, signal)) }
      return { ...headOf(response), ...(await bodyOf(response, maxBodyBytes ?? defaultBodyBytes)) }
    } catch (error) {
      throw signal.aborted ? signal.reason : failureOf(error, url)
    }
  }

  #next(request: GuardedRequest, { headers }: GuardedAnswer): GuardedRequest & { readonly url: string } {
    const from = new URL(request.url)
    const location = headers['location'] ?? ''
    const to = this.check(URL.canParse(location, from.href) ? new URL(location, from).href : location)
    if (from.protocol === 'https:' && to.protocol === 'http:')
      throw webhookError('URL_REFUSED', 'The receiver redirects from https to http.')
    if (from.origin === to.origin) return { ...request, url: to.href }
    const kept = Object.entries(request.headers ?? {}).filter(([name]) => !ofOneOrigin.has(name.toLowerCase()))
    return { ...request, url: to.href, headers: Object.fromEntries(kept) }
  }
}

/** Other redirects turn a request with a body into one without, and the message would be lost. */
const isFollowed = ({ status, headers }: GuardedAnswer, { method = 'GET' }: GuardedRequest): boolean =>
  headers['location'] !== undefined &&
  ([307, 308].includes(status) || (method === 'GET' && [301, 302, 303].includes(status)))

function headOf({ statusCode, headers }: Dispatcher.ResponseData): Pick<GuardedAnswer, 'status' | 'headers'> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    [value ?? ''].flat().join(', '),
  ])
  return { status: statusCode, headers: Object.fromEntries(entries) }
}

/** Reads so much of the body; a longer one costs the connection. */
async function bodyOf({ body }: Dispatcher.ResponseData, most: number): Promise<Pick<GuardedAnswer, 'body' | 'isCut'>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > most) break
  }
  return { body: Buffer.concat(chunks).subarray(0, most), isCut: size > most }
}

/** Who wants no body has the answer, whatever becomes of the body. A short one is read so that the connection lives on. */
async function withoutBody(
  { body }: Dispatcher.ResponseData,
  signal: AbortSignal,
): Promise<Pick<GuardedAnswer, 'body' | 'isCut'>> {
  await body.dump({ limit: shortBodyBytes, signal }).catch(() => body.destroy())
  return { body: new Uint8Array(), isCut: false }
}

/** The reason of the operating system or of TLS, by its code: texts may hold addresses. */
function failureOf(error: unknown, url: string): Error {
  if (isNetPulseError(error)) return error
  const codes = [error, ...(error instanceof AggregateError ? (error.errors as unknown[]) : [])].flatMap((one) => {
    const { code } = one as { readonly code?: unknown }
    return typeof code === 'string' ? [code] : []
  })
  const reason = codes[0] ?? 'no HTTP answer'
  const { origin } = new URL(url)
  return webhookError('RECEIVER_UNREACHABLE', `${origin} cannot be reached (${reason}).`, { details: { reason } })
}
