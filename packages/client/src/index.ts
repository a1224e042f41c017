export type { components, operations, paths } from './api-types.gen.js'
export type { BulkApi, BulkEntry, BulkFailure, BulkOptions, BulkOutcome, BulkProgress } from './bulk-api.js'
export type { ClientClock } from './clock.js'
export type { DeviceApi, SendingOptions, SubmitOptions } from './device-api.js'
export type { DevicesApi } from './devices-api.js'
export {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidAnswerError,
  NetPulseApiError,
  NetPulseClientError,
  NotFoundError,
  TimeoutError,
  TooManyRequestsError,
  UnavailableError,
  ValidationError,
} from './errors.js'
export type { FieldError, Refusal } from './errors.js'
export type { StreamOptions } from './event-stream.js'
export type { FileToSend } from './file-to-send.js'
export type { JobEvent, JobEventData } from './job-event.js'
export type { JobPage, JobsApi, JobStreamOptions, WaitOptions } from './jobs-api.js'
export { hasEnded } from './models.js'
export type {
  BulkDevice,
  BulkExecutionRequest,
  BulkSubmission,
  CanceledJob,
  CancelFilter,
  CommandResult,
  ConnectionTest,
  ConnectionTestRequest,
  ExecutionRequest,
  FileTransfer,
  Health,
  HeldDevice,
  Job,
  JobFilter,
  JobOutcome,
  JobResult,
  JobStatus,
  RefusedDevice,
  ReleasedDevice,
  StagedFile,
  Worker,
  WorkerFilter,
} from './models.js'
export { NetPulseClient } from './netpulse-client.js'
export type { Fetch, NetPulseClientOptions } from './options.js'
export type { FetchedFile, StorageApi } from './storage-api.js'
export type { CallOptions } from './transport.js'
export type { WorkersApi } from './workers-api.js'
