export {
  auditBeginning,
  auditLine,
  auditPieces,
  auditText,
  emptyAuditHead,
  inKeyOrder,
  lineOfPieces,
  textOfPieces,
} from './audit-chain.js'
export type { AuditPieces } from './audit-chain.js'
export { auditActions } from './audit-entry.js'
export type { AuditAct, AuditAction, AuditActor, AuditEntry, AuditHead, AuditMode, JobAudit } from './audit-entry.js'
export { verifyAudit } from './audit-verify.js'
export type { AuditExpectation, AuditProblem, AuditReport } from './audit-verify.js'
export { systemClock } from './clock.js'
export type { CancelTimer, Clock } from './clock.js'
export type { CredentialReference } from './credential-reference.js'
export { deviceIdOf } from './device.js'
export type { Device, DeviceAddress } from './device.js'
export { coreError, toErrorData } from './errors.js'
export {
  asDeviceId,
  asIncarnation,
  asJobId,
  asNodeId,
  asSessionKey,
  asTaskId,
  namedJobId,
  newIncarnation,
  newJobId,
  taskIdOf,
} from './ids.js'
export type { DeviceId, Incarnation, JobId, NodeId, SessionKey, TaskId } from './ids.js'
export { hashAlgorithms, transferLine } from './file-transfer.js'
export type {
  FileTransfer,
  HashAlgorithm,
  StoredFile,
  TransferCommand,
  TransferOptions,
  TransferPlace,
  TransferProgress,
} from './file-transfer.js'
export { inTime } from './in-time.js'
export type { TimeLimit } from './in-time.js'
export { assertMove, canMove, fitsOutcome, isFinal, jobStatuses } from './job-state.js'
export type { JobKind, JobOutcome, JobStatus } from './job-state.js'
export { linesOf } from './job.js'
export type {
  CommandFailure,
  CommandMetadata,
  CommandResult,
  JobEvent,
  JobRecord,
  JobRequest,
  JobResult,
  NewJob,
  Operation,
  QueueStrategy,
} from './job.js'
export { journalPhases, mayHaveTouched } from './journal.js'
export type { JournalEntry, JournalPhase } from './journal.js'
export { canonicalJson } from './json.js'
export type { JsonObject, JsonSchema, JsonValue } from './json.js'
export { silentLogger } from './logger.js'
export type { Logger } from './logger.js'
export { defineErrors, isNetPulseError, NetPulseError } from './netpulse-error.js'
export type { ErrorContext, ErrorData, ErrorDefinition, ErrorFactory, ErrorKind } from './netpulse-error.js'
export { createRedactor, redacted } from './redaction.js'
export type { RedactionStream, Redactor } from './redaction.js'
export { compileSchema } from './schema.js'
export type { Schema, SchemaViolation } from './schema.js'
export { Secret } from './secret.js'
export { sessionKeyOf } from './session-key.js'
export type { SessionKeyParts } from './session-key.js'
export { nearestWord } from './suggestion.js'
export { isErrand } from './task.js'
export type { FoundTask, TaskReport, TaskState, TaskStep } from './task.js'
export { TokenBuckets } from './token-buckets.js'
export type { Allowance, BucketSize } from './token-buckets.js'
export { Turns } from './turns.js'
export { unlessAborted } from './unless-aborted.js'
export { endEventOf, partEvents, taskWebhookEvents, webhookEndEvents, webhookEvents } from './webhook.js'
export type { JobWebhook, JobWebhookEvent, TaskWebhookEvent, WebhookEvent } from './webhook.js'
export { within } from './within.js'
