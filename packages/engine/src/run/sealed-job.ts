import type { DeviceId, JobId, JobRequest, JsonObject, NewJob, TaskId } from '@netpulse/core'

/** What a job or a task carries sealed. */
export interface SealedPart {
  readonly connection: JsonObject
  /** The whole `driver_args`, only when a secret is among them. */
  readonly driverOptions?: JsonObject
  /** Texts that are secret although their options are not, a secret in place of the login name: never shown. */
  readonly secrets?: readonly string[]
}

/** Binds a sealed text to its job or task and device: copied to another one, it does not open. */
export const sealContext = (owner: JobId | TaskId, device: DeviceId): string => `${owner}\n${device}`

/** Whose sealed texts a job carries: an errand has those of its task. */
const ownerOf = (id: JobId, { task }: JobRequest): JobId | TaskId =>
  task?.action === 'read' || task?.action === 'kill' ? task.taskId : id

/** What the sealed texts of a job are bound to. */
export const sealContextOf = ({ id, request }: Pick<NewJob, 'id' | 'request'>): string =>
  sealContext(ownerOf(id, request), request.device.id)
