export type { components, operations, paths } from './api-types.gen.js'
export type { AuditApi, AuditExportOptions, AuditPage } from './audit-api.js'
export type { BulkApi, BulkEntry, BulkFailure, BulkOptions, BulkOutcome, BulkProgress } from './bulk-api.js'
export type { ClientClock } from './clock.js'
export type { CredentialsApi } from './credentials-api.js'
export type { DeliveriesApi, DeliveryPage } from './deliveries-api.js'
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
export type { HostKeysApi } from './host-keys-api.js'
export type { JobEvent, JobEventData } from './job-event.js'
export type { JobPage, JobsApi, JobStreamOptions, WaitOptions } from './jobs-api.js'
export type { KeysApi, RotateOptions } from './keys-api.js'
export { hasEnded } from './models.js'
export type {
  ApiKey,
  AuditEntry,
  AuditFilter,
  AuditHead,
  BulkDevice,
  BulkExecutionRequest,
  BulkSubmission,
  CanceledJob,
  CancelFilter,
  CommandResult,
  ConnectionTest,
  ConnectionTestRequest,
  CredentialRef,
  CredentialTest,
  DeadDeliveryQuery,
  DetachedTask,
  DeviceSelector,
  DiscoveryRequest,
  DiscoveryResult,
  ExecutionRequest,
  FileTransfer,
  Health,
  HeldDevice,
  HostKeyRequest,
  Job,
  JobFilter,
  JobOutcome,
  JobResult,
  JobStatus,
  LoginPause,
  NewApiKey,
  NewKeyRequest,
  PinnedHostKey,
  RefusedDevice,
  ReleasedDevice,
  RevokedKey,
  StagedFile,
  SystemStats,
  TaskFilter,
  TaskLog,
  WebhookDelivery,
  Worker,
  WorkerFilter,
} from './models.js'
export { NetPulseClient } from './netpulse-client.js'
export type { Fetch, NetPulseClientOptions } from './options.js'
export type { FetchedFile, StorageApi } from './storage-api.js'
export type { SystemApi } from './system-api.js'
export type { FollowOptions, TaskOutput, TaskPage, TasksApi } from './tasks-api.js'
export type { CallOptions } from './transport.js'
export type { WorkersApi } from './workers-api.js'
