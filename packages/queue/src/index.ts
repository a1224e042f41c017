export { acceptedAct, auditBaseOf, auditResultsOf, endedAct, withoutAuditRequest } from './audit-job.js'
export type { AuditBase, AuditEnd, AuditResults } from './audit-job.js'
export { auditLimits, largestAuditSlice } from './audit-log.js'
export type { AuditFilter, AuditLimits, AuditLine, AuditLog } from './audit-log.js'
export { AuditSealer, auditSlackMs, cutAct, excessOf, longestAuditCut } from './audit-seal.js'
export type { TimedAct } from './audit-seal.js'
export { searchAudit } from './audit-search.js'
export type { ReadAuditBefore } from './audit-search.js'
export type {
  CancelOutcome,
  Claim,
  Consumer,
  Delivery,
  DeviceHold,
  DeviceHolds,
  DeviceMailboxes,
  Ending,
  EventQuery,
  JobFilter,
  JobStore,
  Lease,
  Leases,
  LostJobVerdict,
  NodeCommands,
  NodeInfo,
  NodeRegistry,
  NodeRoom,
  NodeState,
  Page,
  PageRequest,
  QueueBackend,
  ReapReport,
  Running,
  Submission,
  SubmitOutcome,
  WorkerReport,
  WorkQueue,
} from './backend.js'
export { jobNotFound, queueError } from './errors.js'
export { createInProcessBackend } from './in-process/in-process-backend.js'
export { lockFolder } from './in-process/folder-lock.js'
export type { InProcessOptions, QueueLimits } from './in-process/options.js'
export type { Durability } from './in-process/database.js'
export { jobOfText, jobText } from './job-text.js'
export { laneOf, queueNameOf } from './lane.js'
export type { Lane } from './lane.js'
export { lineEventData } from './line-event.js'
export { attemptsUsedEnding, decideLostJob } from './lost-job.js'
export type { LostJobPolicy } from './lost-job.js'
export { assertPageLimit, cursorOf, keyOf } from './page.js'
export { taskOfText, taskText } from './task-text.js'
export type { StoredTask, TaskErrand, TaskFilter, TaskRecord, TaskRegistry, TaskStatus } from './tasks.js'
export { claimMarginMs, deliveryIdOf, longestDeliveryLog, outboxLimits, partsOfDeliveryId } from './outbox.js'
export type {
  DeliveryAttempt,
  DeliveryState,
  DeliveryVerdict,
  DueDelivery,
  DueRequest,
  Outbox,
  OutboxLimits,
  WebhookDelivery,
} from './outbox.js'
