export type { CredentialInspection } from '@netpulse/credentials'
export { createNetPulse } from './create-netpulse.js'
export type { CredentialOptions, CredentialProviderOptions } from './credentials/credential-options.js'
export { engineError } from './errors.js'
export type {
  BulkOutcome,
  ConnectionTest,
  ConnectionTestRequest,
  NetPulse,
  NetPulseOptions,
  RequestPolicy,
  SubmitOptions,
  SubmitRequest,
  WebhookOptions,
  WorkerInfo,
} from './netpulse.js'
export type { Observation, Observe, ObservedJob } from './observer.js'
export type { Discovery, DiscoveryRequest, TaskOutput, Tasks, TaskWait } from './tasks/tasks.js'
export { webhookDefaults } from './webhooks/webhook-request.js'
export type { WebhookRequest } from './webhooks/webhook-request.js'
export type { SharedRecords } from '@netpulse/queue-redis'
