import { join } from 'node:path'
import type { JsonObject } from '@netpulse/core'
import type { CredentialOptions, CredentialProviderOptions } from '@netpulse/engine'
import type { Config, ConfiguredProvider } from './config-schema.js'

/** Names of the plugin for Vault. */
const vaultNames: ReadonlySet<string> = new Set(['vault', 'vault_kv', 'openbao'])

/** Options of a Vault that may stand in the environment instead, with the variable of each. */
const vaultVariables = {
  token: 'NETPULSE_VAULT_TOKEN',
  role_id: 'NETPULSE_VAULT_ROLE_ID',
  secret_id: 'NETPULSE_VAULT_SECRET_ID',
} as const

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Fills in what a Vault's options leave out from the environment, in place. Takes a configuration that is not checked yet:
 * what has another shape stays, for the check to refuse.
 */
export function addVaultLogin(
  config: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const { credentials } = config
  const providers = isObject(credentials) ? credentials['providers'] : undefined
  if (!isObject(providers)) return
  for (const provider of Object.values(providers)) {
    if (!isObject(provider) || !vaultNames.has(String(provider['plugin']))) continue
    const options = isObject(provider['options']) ? provider['options'] : {}
    const found = Object.entries(vaultVariables).map(([option, variable]) => [option, env[variable]] as const)
    const added = found.filter(([option, value]) => value !== undefined && value !== '' && !(option in options))
    if (added.length > 0) provider['options'] = { ...options, ...Object.fromEntries(added) }
  }
}

/** The credential providers as the engine wants them. A file of credentials lies in the store unless it says otherwise. */
export function credentialOptions({ credentials, store }: Config): CredentialOptions {
  const { resolve, providers } = credentials
  const named = Object.entries(providers).map(([name, provider]) => [name, providerOptions(provider, store)])
  return { resolve, providers: Object.fromEntries(named) as Record<string, CredentialProviderOptions> }
}

function providerOptions(provider: ConfiguredProvider, store: string): CredentialProviderOptions {
  const { plugin, options = {}, allowed_paths: allowedPaths = [], cache_ttl: cacheTtlSeconds = 30 } = provider
  const inStore = plugin === 'file' && store !== 'memory:' ? { file: join(store, 'credentials.json') } : {}
  return {
    plugin,
    options: { ...inStore, ...options } as JsonObject,
    allowedPaths: listOf(allowedPaths),
    cacheTtlSeconds,
  }
}

/** The reference takes a text with commas, too. */
const listOf = (paths: string | readonly string[]): readonly string[] =>
  (typeof paths === 'string' ? paths.split(',') : paths).map((path) => path.trim()).filter((path) => path !== '')
