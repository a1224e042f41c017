export type { CredentialInspection } from '@netpulse/credentials'
export type { AuditOptions } from './audit/audit-options.js'
export { createNetPulse } from './create-netpulse.js'
export type { CredentialOptions, CredentialProviderOptions } from './credentials/credential-options.js'
export { engineError } from './errors.js'
export type { LoginLimits } from './logins/login-limits.js'
export type { PauseScope } from './logins/login-names.js'
export type { LoginPause } from './logins/login-pauses.js'
export type {
  BulkOutcome,
  ConnectionTest,
  ConnectionTestRequest,
  NetPulse,
  NetPulseOptions,
  RequestPolicy,
  StorageSettings,
  SubmitOptions,
  SubmitRequest,
  WebhookOptions,
  WorkerInfo,
} from './netpulse.js'
export type { Observation, Observe, ObservedJob } from './observer.js'
export { fileTransferDefaults } from './submit/file-transfer-request.js'
export type { FileTransferRequest } from './submit/file-transfer-request.js'
export type { Discovery, DiscoveryRequest, TaskOutput, Tasks, TaskWait } from './tasks/tasks.js'
export { webhookDefaults } from './webhooks/webhook-request.js'
export type { WebhookRequest } from './webhooks/webhook-request.js'
export type { SharedRecords } from '@netpulse/queue-redis'
