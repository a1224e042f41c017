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
export type { GuardedAnswer, GuardedHttp, GuardedRequest } from './guarded-http.js'
export type {
  Notifier,
  NotifierManifest,
  NotifyAnswer,
  NotifyContext,
  WebhookMessage,
  WebhookTarget,
} from './notifier.js'
