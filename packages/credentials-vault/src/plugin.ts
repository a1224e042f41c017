import type { CredentialManifest } from '@netpulse/plugin-sdk'
import { definePlugin, pluginApiVersion } from '@netpulse/plugin-sdk'
import { optionsSchema, providerSchema } from './schemas.js'

/** Secrets of a Vault's KV version 2. Light: `load` brings the HTTP client. */
const manifest: CredentialManifest = {
  kind: 'credential',
  name: 'vault',
  aliases: ['vault_kv', 'openbao'],
  apiVersion: pluginApiVersion,
  optionsSchema,
  providerSchema,
  defaultMount: 'kv',
  accepts: ['mount', 'version', 'namespace'],
  async load() {
    const { createVaultProvider } = await import('./vault-provider.js')
    return createVaultProvider
  },
}

export default definePlugin(manifest)
