import type { JsonObject, Secret } from '@netpulse/core'
import { providerError } from '@netpulse/plugin-sdk'
import { Agent, request } from 'undici'
import type { VaultOptions } from './vault-options.js'

/** What Vault answered, whatever the status. */
export interface VaultAnswer {
  readonly status: number
  /** Empty where there was no JSON object. */
  readonly body: JsonObject
}

export interface VaultCall {
  readonly method: 'GET' | 'POST'
  /** Segments below `/v1/`, unencoded. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  readonly body?: JsonObject
  readonly token?: Secret
  readonly namespace?: string
  readonly signal: AbortSignal
}

/** Longest answer that is read: a secret of KV version 2 has at most 1 MiB by default. */
const longestAnswerBytes = 4 * 1024 * 1024

/** Connections to one Vault; more calls wait for one of them. */
const connections = 16

/** The connections to one Vault, shared by every call. Follows no redirect: a token goes to the configured address only. */
export class VaultHttp {
  readonly #address: URL
  readonly #agent: Agent

  constructor({ address, tls, timeoutMs }: Pick<VaultOptions, 'address' | 'tls' | 'timeoutMs'>) {
    this.#address = address
    this.#agent = new Agent({
      connections,
      connect: { ...tls, timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: longestAnswerBytes,
    })
  }

  /** @throws CREDENTIAL_UNAVAILABLE; the signal's reason */
  async call({ method, path, query = {}, body, token, namespace, signal }: VaultCall): Promise<VaultAnswer> {
    signal.throwIfAborted()
    const url = new URL(`v1/${path.map(encodeURIComponent).join('/')}`, this.#address)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    try {
      const answer = await request(url, {
        dispatcher: this.#agent,
        method,
        signal,
        headers: {
          accept: 'application/json',
          // Agents and proxies of Vault may demand it, against requests that a browser was tricked into.
          'x-vault-request': 'true',
          ...(token === undefined ? {} : { 'x-vault-token': token.reveal() }),
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.statusCode, body: jsonObject(await answer.body.text()) }
    } catch (error) {
      signal.throwIfAborted()
      throw this.#unreachable(error)
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  /** The cause stays out: an HTTP client's error may carry the request, headers and all. */
  #unreachable(error: unknown): Error {
    const code = codeOf(error)
    const why = code === undefined ? 'the connection failed' : code
    return providerError('CREDENTIAL_UNAVAILABLE', `Vault at ${this.#address.host} cannot be reached: ${why}.`)
  }
}

/** `ECONNREFUSED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, ...: what an administrator looks for. Several addresses give one each. */
function codeOf(error: unknown): string | undefined {
  const { code, errors } = (error ?? {}) as { readonly code?: unknown; readonly errors?: readonly unknown[] }
  return typeof code === 'string' ? code : errors?.map(codeOf).find((one) => one !== undefined)
}

function jsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
  } catch {
    return {}
  }
}
