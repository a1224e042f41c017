import type { components, operations } from './api-types.gen.js'

type Models = components['schemas']

/** A job as the API answers it. `status` says where it stands, `outcome` the truth once it has ended. */
export type Job = Models['JobInResponse']
/** Where a job stands. */
export type JobStatus = Job['status']
/** The truth about an ended job; `null` until then. */
export type JobOutcome = Job['outcome']
/** What an ended job came to. */
export type JobResult = Models['JobResult']
/** A device's answer to one command or config line. */
export type CommandResult = Models['DriverExecutionResult']
/** Body of `POST /device/exec`. */
export type ExecutionRequest = Models['ExecutionRequest']
/** Body of `POST /device/bulk`: what all devices share, and the devices. */
export type BulkExecutionRequest = Models['BulkExecutionRequest']
/** One device of a bulk: fields of `connection_args`, and its own work if it has any. */
export type BulkDevice = Models['BulkDeviceRequest']
/** Answer of `POST /device/bulk`. */
export type BulkSubmission = Models['BatchSubmitJobResponse']
/** A device of a bulk that was not accepted. */
export type RefusedDevice = BulkSubmission['failed'][number]
/** Body of `POST /device/test`. */
export type ConnectionTestRequest = Models['ConnectionTestRequest']
/** Whether a login worked. */
export type ConnectionTest = Models['ConnectionTestResponse']
/** Who is working on what. */
export type Worker = Models['WorkerInResponse']
/** A device whose changes wait for somebody to look at it. */
export type HeldDevice = Models['HeldDevice']
/** A device or a credential that nobody logs in with for a while. */
export type LoginPause = Models['LoginPause']
/** A job that was canceled, or asked to end. */
export type CanceledJob = Models['CanceledJob']
/** A device whose changes run on. */
export type ReleasedDevice = Models['ReleasedDevice']
/** Work that goes on at a device when its job has ended. */
export type DetachedTask = Models['DetachedTaskInResponse']
/** How a task stands, with a part of its log. */
export type TaskLog = Models['DetachedTaskQueryResponse']
/** Body of `POST /detached-tasks/discover`. */
export type DiscoveryRequest = Models['DetachedTaskDiscoveryRequest']
/** What a device has of tasks. */
export type DiscoveryResult = Models['DetachedTaskDiscoverResponse']
/** A file that was uploaded. */
export type StagedFile = Models['StagedFile']
/** A file to send to a device, or to fetch from it. */
export type FileTransfer = Models['FileTransfer']
/** That the server answers. */
export type Health = Models['Health']
/** An API key without its secret. */
export type ApiKey = Models['ApiKey']
/** An API key with its secret, which no later answer tells. */
export type NewApiKey = Models['NewApiKey']
/** Body of `POST /keys`. */
export type NewKeyRequest = Models['NewKeyRequest']
/** Devices that a key may reach: those that have all that is said. */
export type DeviceSelector = Models['DeviceSelector']
/** A key that ended. */
export type RevokedKey = Models['RevokedKey']
/** The host key that an address is trusted with. */
export type PinnedHostKey = Models['PinnedHostKey']
/** Body of `PUT /host-keys/{address}`: `public_key`, or `type` and `fingerprint`. */
export type HostKeyRequest = Models['HostKeyRequest']
/** What became of one event of a job's webhook, with its attempts. */
export type WebhookDelivery = Models['WebhookDelivery']
/** Names a secret of a credential provider; never the secret itself. */
export type CredentialRef = Models['CredentialRef']
/** What a reference leads to, without any value. */
export type CredentialTest = Models['CredentialTestResponse']
/** Workers, jobs and nodes of the whole deployment, counted. */
export type SystemStats = Models['SystemStatsResponse']

/** Who did what to which device. */
export type AuditEntry = Models['AuditEntry']
/** Where the audit record ends. */
export type AuditHead = Models['AuditHead']

type Query<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>

/** Filters of `GET /jobs`; they combine. `limit` is the length of a page. */
export type JobFilter = Query<'listJobs'>
/** Which jobs to cancel. With neither, none. */
export type CancelFilter = Query<'cancelJobs'>
/** Which page of the dead deliveries. `limit` is its length. */
export type DeadDeliveryQuery = Query<'listDeadDeliveries'>
/** Filters of `GET /audit`; they combine. `limit` is the length of a page. */
export type AuditFilter = Query<'listAudit'>
/** Filters of `GET /detached-tasks`; they combine. `limit` is the length of a page. */
export type TaskFilter = Query<'listDetachedTasks'>
/** Filters of `GET /workers`; they combine. */
export type WorkerFilter = Query<'listWorkers'>

const ended: readonly JobStatus[] = ['finished', 'failed', 'canceled', 'stopped', 'expired']

/** Whether a job has ended for good. */
export const hasEnded = ({ status }: Pick<Job, 'status'>): boolean => ended.includes(status)
