export type {
  CredentialCall,
  CredentialFields,
  CredentialManifest,
  CredentialProvider,
  CredentialProviderFactory,
  CredentialQuery,
  CredentialServices,
} from './credential.js'
export { providerError } from './errors.js'
export { definePlugin, pluginApiVersion } from './manifest.js'
export type { PluginKind, PluginManifest } from './manifest.js'
export type { NodeLoad, Scheduler, SchedulerManifest } from './scheduler.js'
