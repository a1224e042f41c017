import type { JsonObject, Secret } from '@netpulse/core'
import { inTime } from '@netpulse/core'
import type {
  CredentialCall,
  CredentialFields,
  CredentialProvider,
  CredentialQuery,
  CredentialServices,
} from '@netpulse/plugin-sdk'
import { providerError } from '@netpulse/plugin-sdk'
import { fieldsOf } from './vault-answers.js'
import type { VaultAnswer } from './vault-http.js'
import { VaultHttp } from './vault-http.js'
import { vaultLimit } from './vault-limit.js'
import { VaultLogin } from './vault-login.js'
import type { VaultOptions } from './vault-options.js'
import { vaultOptions } from './vault-options.js'

/** Words that lead to another secret of a KV version 2 mount when they stand within the mount. */
const kvWords: ReadonlySet<string> = new Set(['data', 'metadata', 'delete', 'undelete', 'destroy', 'subkeys', 'config'])

/**
 * Makes the provider of one Vault. Nothing is asked before the first reference.
 * @throws CREDENTIAL_UNREADABLE for a certificate file that cannot be read
 */
export async function createVaultProvider(
  options: JsonObject,
  services: CredentialServices,
): Promise<CredentialProvider> {
  return new VaultProvider(await vaultOptions(options), services)
}

/** Secrets of KV version 2. @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 */
class VaultProvider implements CredentialProvider {
  readonly #options: VaultOptions
  readonly #services: CredentialServices
  readonly #http: VaultHttp
  readonly #login: VaultLogin
  #closing: Promise<void> | undefined

  constructor(vault: VaultOptions, services: CredentialServices) {
    this.#options = vault
    this.#services = services
    this.#http = new VaultHttp(vault)
    this.#login = new VaultLogin({ vault, http: this.#http, ...services })
  }

  fetch(query: CredentialQuery, { signal }: CredentialCall): Promise<CredentialFields> {
    const { clock } = this.#services
    const { timeoutMs } = this.#options
    return inTime(vaultLimit({ clock, timeoutMs, signal }), (inner) => this.#fetch(query, inner))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#login.close().finally(() => this.#http.close())
    return this.#closing
  }

  async #fetch(query: CredentialQuery, signal: AbortSignal): Promise<CredentialFields> {
    const mount = (query.mount ?? 'kv').split('/')
    const place = [...mount, query.path].join('/')
    if (mount.slice(1).some((segment) => kvWords.has(segment)))
      throw providerError('CREDENTIAL_NOT_FOUND', `The mount of ${place} is none: it leads into a mount.`)
    const login = await this.#login.current(signal)
    const answer = await this.#read(query, mount, login.token, signal)
    if (answer.status !== 403) return fieldsOf(answer, place)
    if (await this.#login.isKnown(login, signal)) throw forbidden(place)
    const { token } = await this.#login.replace(login, signal)
    const second = await this.#read(query, mount, token, signal)
    if (second.status === 403) throw forbidden(place)
    return fieldsOf(second, place)
  }

  #read(
    { path, version, namespace = this.#options.namespace }: CredentialQuery,
    mount: readonly string[],
    token: Secret,
    signal: AbortSignal,
  ): Promise<VaultAnswer> {
    return this.#http.call({
      method: 'GET',
      path: [...mount, 'data', ...path.split('/')],
      ...(version === undefined ? {} : { query: { version: String(version) } }),
      ...(namespace === undefined ? {} : { namespace }),
      token,
      signal,
    })
  }
}

const forbidden = (place: string): Error =>
  providerError('CREDENTIAL_FORBIDDEN', `Vault does not let NetPulse's login read ${place}.`)
