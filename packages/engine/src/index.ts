export { createNetPulse } from './create-netpulse.js'
export { engineError } from './errors.js'
export type {
  BulkOutcome,
  ConnectionTest,
  ConnectionTestRequest,
  NetPulse,
  NetPulseOptions,
  SubmitRequest,
  WebhookOptions,
  WorkerInfo,
} from './netpulse.js'
export { webhookDefaults } from './webhooks/webhook-request.js'
export type { WebhookRequest } from './webhooks/webhook-request.js'
export type { SharedRecords } from '@netpulse/queue-redis'
