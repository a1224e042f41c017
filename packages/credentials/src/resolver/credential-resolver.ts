import type { Clock, CredentialReference } from '@netpulse/core'
import { canonicalJson, nearestWord, Turns } from '@netpulse/core'
import type { CredentialFields, CredentialQuery } from '@netpulse/plugin-sdk'
import { credentialError } from '../errors.js'
import type { ResolvedValue } from '../reference/field-mapping.js'
import { mapFields } from '../reference/field-mapping.js'
import { ConfiguredProvider } from './configured-provider.js'
import { FieldCache } from './field-cache.js'
import type { ProviderSetup } from './provider-setup.js'
import { SharedCalls } from './shared-calls.js'

/** Questions that one process asks its providers at once: a large bulk must not flood them. */
const callsAtOnce = 32

/** What a reference leads to, without any value. */
export interface CredentialInspection {
  /** Configured name of the provider. */
  readonly provider: string
  /** Names of all fields of the secret. */
  readonly fields: readonly string[]
  /** Connection options that the reference sets. */
  readonly options: readonly string[]
}

/** Turns references into values, through the configured providers. Values stay in the memory of this process. */
export interface CredentialResolver extends AsyncDisposable {
  /**
   * Checks a reference as far as that goes without asking its provider.
   * @throws CREDENTIAL_PROVIDER_UNKNOWN, CREDENTIAL_REFERENCE_INVALID, CREDENTIAL_NOT_ALLOWED
   */
  check(reference: CredentialReference): void
  /**
   * The connection options that the reference stands for.
   * @throws what `check` throws, CREDENTIAL_FIELD_MISSING, what the provider throws; the signal's reason
   */
  resolve(reference: CredentialReference, signal: AbortSignal): Promise<readonly ResolvedValue[]>
  /** Asks the provider anew, whatever is remembered. @throws as `resolve` */
  inspect(reference: CredentialReference, signal: AbortSignal): Promise<CredentialInspection>
  /** Drops what is remembered: a device refused it, so that it may have changed. */
  forget(reference: CredentialReference): void
}

export interface CredentialResolverOptions {
  /** By configured name. */
  readonly providers: ReadonlyMap<string, ProviderSetup>
  readonly clock: Clock
}

/** @throws INVALID_INPUT for an allowed path that is none */
export function createCredentialResolver(options: CredentialResolverOptions): CredentialResolver {
  return new ResolverOfProviders(options)
}

interface Question {
  readonly provider: ConfiguredProvider
  readonly query: CredentialQuery
  readonly key: string
}

class ResolverOfProviders implements CredentialResolver {
  readonly #providers: ReadonlyMap<string, ConfiguredProvider>
  readonly #cache: FieldCache
  readonly #calls = new SharedCalls<CredentialFields>()
  readonly #turns = new Turns(callsAtOnce)

  constructor({ providers, clock }: CredentialResolverOptions) {
    this.#providers = new Map([...providers].map(([name, setup]) => [name, new ConfiguredProvider(name, setup)]))
    this.#cache = new FieldCache(clock)
  }

  check(reference: CredentialReference): void {
    this.#questionOf(reference)
  }

  async resolve(reference: CredentialReference, signal: AbortSignal): Promise<readonly ResolvedValue[]> {
    signal.throwIfAborted()
    const question = this.#questionOf(reference)
    const fields = this.#cache.find(question.key) ?? (await this.#fetch(question, signal))
    return mapFields(fields, reference.fieldMapping)
  }

  async inspect(reference: CredentialReference, signal: AbortSignal): Promise<CredentialInspection> {
    const question = this.#questionOf(reference)
    const fields = await this.#fetch(question, signal)
    const options = mapFields(fields, reference.fieldMapping).map(({ option }) => option)
    return { provider: question.provider.name, fields: [...fields.keys()].sort(), options }
  }

  forget(reference: CredentialReference): void {
    this.#cache.drop(this.#questionOf(reference).key)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cache.clear()
    await Promise.all([...this.#providers.values()].map((provider) => provider.close()))
  }

  #fetch({ provider, query, key }: Question, signal: AbortSignal): Promise<CredentialFields> {
    return this.#calls.ask(key, signal, async (shared) => {
      const endTurn = await this.#turns.take(shared)
      try {
        const opened = await provider.opened()
        const fields = await opened.fetch(query, { signal: shared })
        if (!shared.aborted) this.#cache.keep(key, fields, provider.cacheTtlMs)
        return fields
      } finally {
        endTurn()
      }
    })
  }

  #questionOf(reference: CredentialReference): Question {
    const provider = this.#providerOf(reference.name)
    const query = provider.queryOf(reference)
    return { provider, query, key: canonicalJson({ provider: provider.name, ...query }) }
  }

  #providerOf(name: string | undefined): ConfiguredProvider {
    const names = [...this.#providers.keys()]
    const found = this.#providers.get(name ?? (names.length === 1 ? names[0]! : ''))
    if (found !== undefined) return found
    if (names.length === 0) throw unknown('No credential provider is configured: see `credentials.providers`.')
    if (name === undefined)
      throw unknown(`There are several credential providers; name one of them: ${names.join(', ')}.`)
    const nearest = nearestWord(name, names)
    throw unknown(
      `No credential provider has this name; ${nearest === undefined ? `known: ${names.join(', ')}` : `did you mean "${nearest}"?`}`,
    )
  }
}

const unknown = (message: string): Error => credentialError('CREDENTIAL_PROVIDER_UNKNOWN', message)
