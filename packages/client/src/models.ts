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
/** A job that was canceled, or asked to end. */
export type CanceledJob = Models['CanceledJob']
/** A device whose changes run on. */
export type ReleasedDevice = Models['ReleasedDevice']
/** A file that was uploaded. */
export type StagedFile = Models['StagedFile']
/** A file to send to a device, or to fetch from it. */
export type FileTransfer = Models['FileTransfer']
/** That the server answers. */
export type Health = Models['Health']

type Query<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>

/** Filters of `GET /jobs`; they combine. `limit` is the length of a page. */
export type JobFilter = Query<'listJobs'>
/** Which jobs to cancel. With neither, none. */
export type CancelFilter = Query<'cancelJobs'>
/** Filters of `GET /workers`; they combine. */
export type WorkerFilter = Query<'listWorkers'>

const ended: readonly JobStatus[] = ['finished', 'failed', 'canceled', 'stopped', 'expired']

/** Whether a job has ended for good. */
export const hasEnded = ({ status }: Pick<Job, 'status'>): boolean => ended.includes(status)
