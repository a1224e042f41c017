import type { DeviceId, JobRecord } from '@netpulse/core'
import type { FileOrigin } from '@netpulse/storage'
import { apiError } from '../errors.js'
import type { Principal } from '../principal.js'
import { hasScope } from '../principal.js'
import type { DeviceTarget } from './device-selectors.js'
import { reaches } from './device-selectors.js'
import type { Scope } from './scopes.js'

/** What a device's id says about its address: `[site/]name[:port]`. A client's own name stands for the host. */
export function targetOfId(id: DeviceId): DeviceTarget {
  const [, site, rest = ''] = /^(?:([^/]*)\/)?(.*)$/s.exec(id) ?? []
  const [, bracketed, named] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(rest) ?? []
  return { host: bracketed ?? named ?? rest, ...(site === undefined ? {} : { site }) }
}

/** What of a job, of a task, or of a file that a job brought, decides who may know of it. */
type Traces = Pick<FileOrigin, 'owner' | 'device' | 'tags'>

const tracesOf = ({ owner, request: { device }, tags }: JobRecord): Traces => ({ owner, device, tags })

const mayReach = ({ devices }: Principal, { device, tags }: Traces): boolean => {
  const { host, site } = targetOfId(device.id)
  const target = { host: device.host, device: host, tags, ...(site === undefined ? {} : { site }) }
  return reaches(devices, target)
}

const may = (principal: Principal, traces: Traces, own: Scope, all: Scope): boolean => {
  if (traces.owner === principal.id && hasScope(principal, own)) return true
  return hasScope(principal, all) && mayReach(principal, traces)
}

/** Whether the key may know of a file by the job that brought it, which may be long gone. */
export const seesFile = (principal: Principal, origin: FileOrigin): boolean =>
  may(principal, origin, 'job:read:own', 'job:read:all')

/** Whether the key may know of the job. */
export const seesJob = (principal: Principal, job: JobRecord): boolean => seesTask(principal, tracesOf(job))

/** Whether the key may know of the task. */
export const seesTask = (principal: Principal, task: Traces): boolean =>
  may(principal, task, 'job:read:own', 'job:read:all')

/** Whether the key may end the task, or take it out of the list: one that it does not see, it cannot. */
export const mayEndTask = (principal: Principal, task: Traces): boolean =>
  seesTask(principal, task) && may(principal, task, 'job:cancel:own', 'job:cancel:all')

/** Whether the key may cancel the job: one that it does not see, it cannot cancel. */
export const mayCancel = (principal: Principal, job: JobRecord): boolean => mayEndTask(principal, tracesOf(job))

/** Whether the key sees every job, so that nothing has to be filtered. */
export const seesAllJobs = (principal: Principal): boolean =>
  principal.devices === undefined && hasScope(principal, 'job:read:all')

/** Whether the key may know of a device by its id. */
export const seesDevice = ({ devices }: Principal, id: DeviceId): boolean => reaches(devices, targetOfId(id))

/** @throws DEVICE_NOT_ALLOWED */
export function assertReaches(principal: Principal, target: DeviceTarget): void {
  if (reaches(principal.devices, target)) return
  throw apiError(
    'DEVICE_NOT_ALLOWED',
    `The API key ${principal.id} is limited to some devices, and this one is not among them.`,
  )
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The device of a request's `connection_args`. */
export function targetOf(args: Readonly<Record<string, unknown>>, tags: readonly string[] = []): DeviceTarget {
  const [device, site] = [textOf(args['device']), textOf(args['site'])]
  return {
    host: textOf(args['host']) ?? '',
    tags,
    ...(device === undefined ? {} : { device }),
    ...(site === undefined ? {} : { site }),
  }
}
