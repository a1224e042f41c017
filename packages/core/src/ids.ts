import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** One job: a UUID of version 7, or of version 5 when a client's key names it. */
export type JobId = Branded<'JobId'>
/** The unit of ordering; see `deviceIdOf`. */
export type DeviceId = Branded<'DeviceId'>
/** A machine (process group) that hosts workers; stable over restarts. */
export type NodeId = Branded<'NodeId'>
/** One life of a node: a restart is a new incarnation. */
export type Incarnation = Branded<'Incarnation'>
/** What a session belongs to; see `sessionKeyOf`. */
export type SessionKey = Branded<'SessionKey'>
/** Work that runs on a device without a session: 12 characters, see `taskIdOf`. */
export type TaskId = Branded<'TaskId'>

export const newJobId = (): JobId => uuidv7() as JobId

/** Namespace of the ids that are made from names (RFC 9562, version 5). */
const namedJobs = 'f2a4a3c8-6a0e-5c0f-9a53-1c0f4be1d0a7'

/** The same id for the same name. */
export const namedJobId = (name: string): JobId => uuidv5(name, namedJobs) as JobId

/**
 * The id of the task that a job launches: the last 12 characters of the job's id, which are random in version 7 and a hash
 * in version 5, so that a repeated request names the same task.
 */
export const taskIdOf = (job: JobId): TaskId => job.slice(-12) as TaskId

export const newIncarnation = (): Incarnation => uuidv7() as Incarnation

/** Takes text for an id without a check: for ids that come back from a store or a client. */
export const asJobId = (text: string): JobId => text as JobId
export const asDeviceId = (text: string): DeviceId => text as DeviceId
export const asNodeId = (text: string): NodeId => text as NodeId
export const asIncarnation = (text: string): Incarnation => text as Incarnation
export const asTaskId = (text: string): TaskId => text as TaskId
export const asSessionKey = (text: string): SessionKey => text as SessionKey
