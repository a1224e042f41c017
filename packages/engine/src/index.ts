export { createNetPulse } from './create-netpulse.js'
export { engineError } from './errors.js'
export type {
  BulkOutcome,
  ConnectionTest,
  ConnectionTestRequest,
  NetPulse,
  NetPulseOptions,
  SubmitOptions,
  SubmitRequest,
  WorkerInfo,
} from './netpulse.js'
export type { SharedRecords } from '@netpulse/queue-redis'
