import type { Clock, JsonObject, Logger } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import type { CredentialResolver, Keyring, ProviderSetup } from '@netpulse/credentials'
import { createCredentialResolver, envProvider, fileProvider } from '@netpulse/credentials'
import type { PluginHost } from '@netpulse/plugin-host'
import type { CredentialManifest, CredentialProviderFactory } from '@netpulse/plugin-sdk'
import type { CredentialSettings } from './credential-options.js'

export interface CredentialParts {
  readonly settings: CredentialSettings
  readonly plugins: PluginHost
  /** What files of credentials are sealed with unless they say otherwise. */
  readonly keyring: Keyring
  readonly clock: Clock
  readonly log: Logger
}

interface Kind {
  readonly manifest: CredentialManifest
  readonly load: () => Promise<CredentialProviderFactory>
}

/**
 * The configured providers behind one resolver. Options are checked now; a provider is loaded at its first reference.
 * @throws PLUGIN_UNKNOWN, INVALID_INPUT
 */
export function openCredentials(parts: CredentialParts): CredentialResolver {
  const providers = Object.entries(parts.settings.providers).map(([name, { plugin, ...options }]) => {
    const setup = setupOf(kindOf(plugin, parts), { name, ...options }, parts)
    return [name, setup] as const
  })
  return createCredentialResolver({ providers: new Map(providers), clock: parts.clock })
}

function kindOf(plugin: string, { plugins, keyring }: CredentialParts): Kind {
  const builtin = [envProvider(process.env), fileProvider(keyring)].find(({ name }) => name === plugin)
  if (builtin !== undefined) return { manifest: builtin, load: () => builtin.load({}) }
  const found = plugins.get('credential', plugin)
  return { manifest: found.manifest, load: () => found.load() }
}

interface NamedOptions {
  readonly name: string
  readonly options: JsonObject
  readonly allowedPaths: readonly string[]
  readonly cacheTtlSeconds: number
}

function setupOf({ manifest, load }: Kind, named: NamedOptions, { clock, log }: CredentialParts): ProviderSetup {
  const { name, allowedPaths, cacheTtlSeconds } = named
  const schema = compileSchema<JsonObject>(manifest.providerSchema)
  const options = schema.parse(structuredClone(named.options), `The configuration of the credential provider ${name}`)
  const { namespace } = options
  return {
    manifest,
    allowedPaths,
    cacheTtlSeconds,
    ...(typeof namespace === 'string' ? { namespace } : {}),
    open: async () => (await load())(options, { clock, log }),
  }
}
