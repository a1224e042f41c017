import type { Clock, JsonObject, JsonSchema, Logger, Secret } from '@netpulse/core'
import type { PluginManifest } from './manifest.js'

/** What is asked of a provider: a reference after every check that is the same for all of them. */
export interface CredentialQuery {
  /** Segments joined by `/`; none is empty, `.` or `..`, and none holds an encoded character. */
  readonly path: string
  /** Of the same form; set where the provider's manifest has a `defaultMount`. */
  readonly mount?: string
  /** From 1; absent: the newest. */
  readonly version?: number
  readonly namespace?: string
}

export interface CredentialCall {
  /** Ends the call: nobody waits for its answer any more. */
  readonly signal: AbortSignal
}

/** Every field of one secret, by its name there. Which of them a job needs is not the provider's business. */
export type CredentialFields = ReadonlyMap<string, Secret>

/**
 * Fetches secrets by reference. Keeps no value: the cache, the check of allowed paths and the mapping of fields belong
 * to NetPulse. May be asked many times at once.
 */
export interface CredentialProvider extends AsyncDisposable {
  /**
   * @throws CREDENTIAL_NOT_FOUND, CREDENTIAL_DELETED, CREDENTIAL_FORBIDDEN, CREDENTIAL_SEALED,
   *   CREDENTIAL_LOGIN_EXPIRED, CREDENTIAL_UNAVAILABLE, CREDENTIAL_UNREADABLE; the signal's reason
   */
  fetch(query: CredentialQuery, call: CredentialCall): Promise<CredentialFields>
}

/** What NetPulse lends to a provider for its whole life. */
export interface CredentialServices {
  readonly clock: Clock
  readonly log: Logger
}

/** Makes one provider. `options` fit `providerSchema`, defaults filled in, secrets in clear. Must not reach out yet. */
export type CredentialProviderFactory = (
  options: JsonObject,
  services: CredentialServices,
) => CredentialProvider | Promise<CredentialProvider>

/**
 * A kind of credential provider. An operator may configure several providers of one kind, each with a name and options of
 * its own (two Vaults), which `providerSchema` checks; `optionsSchema` is for what they all share.
 */
export interface CredentialManifest extends PluginManifest<'credential', CredentialProviderFactory> {
  /** Options of one provider. Unknown keys are refused; secrets are marked with `writeOnly: true`. */
  readonly providerSchema: JsonSchema
  /** Mount of a reference that names none; absent where the provider has no mounts. */
  readonly defaultMount?: string
  /** Parts of a reference beside `ref` that mean something here; the others are refused. */
  readonly accepts: readonly ('mount' | 'version' | 'namespace')[]
}
