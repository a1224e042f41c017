import type { JsonObject } from './json.js'

/** How much of a job the audit record keeps: request and results, the request alone, or nothing. */
export type AuditMode = 'full' | 'metadata' | 'none'

/** Everything that is recorded. What concerns jobs is put in by the step that makes it true, all else after the act. */
export const auditActions = [
  'job.accepted',
  'job.ended',
  'job.cancel',
  'key.created',
  'key.rotated',
  'key.revoked',
  'host_key.pinned',
  'host_key.trusted',
  'host_key.unchecked',
  'host_key.forgotten',
  'hold.released',
  'login_pause.ended',
  'worker.ended',
  'task.killed',
  'task.forgotten',
  'file.uploaded',
  'file.removed',
  'delivery.replayed',
  'connection.tested',
  'credential.tested',
  'audit.cut',
] as const

export type AuditAction = (typeof auditActions)[number]

/** Who did it: the API key's public id and its name. Both empty when the program that embeds NetPulse did, or NetPulse itself. */
export interface AuditActor {
  readonly id: string
  readonly name: string
}

/** Something that somebody did, before it has its place in the chain. */
export interface AuditAct {
  readonly action: AuditAction
  readonly actor: AuditActor
  /** Address that the request came from. */
  readonly source: string | null
  /** Device's id. */
  readonly device: string | null
  readonly host: string | null
  /** Job's id. */
  readonly job: string | null
  /** Of a job its outcome; else `succeeded` or `failed`; `null` for what has no end yet. */
  readonly outcome: string | null
  /** Masked: holds no secret. Keys as on the wire. */
  readonly details: JsonObject
}

/**
 * An entry of the audit record. It is on the wire as it is here: its text is what the hash is of. `hash` is the SHA-256,
 * in hexadecimal, of the canonical JSON of all other fields.
 */
export interface AuditEntry extends AuditAct {
  /** From 1, without gaps. */
  readonly number: number
  /** ISO 8601 in UTC, with milliseconds. */
  readonly at: string
  /** Hash of the entry before; `auditBeginning` of the first. */
  readonly previous: string
  readonly hash: string
}

/** Where a chain ends. */
export interface AuditHead {
  /** Of the latest entry; 0 when there is none yet. */
  readonly number: number
  readonly hash: string
}

/** What a job carries for its entries; absent from a job of which none are kept. */
export interface JobAudit {
  readonly mode: Exclude<AuditMode, 'none'>
  /** Name of the key whose id is the job's owner. */
  readonly name: string
  /** Address that the request came from. */
  readonly source?: string
  /** The masked request; only until the job is stored, its entry keeps it. */
  readonly request?: JsonObject
}
