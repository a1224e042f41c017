import type { JsonObject, NewJob, TaskStep } from '@netpulse/core'
import { createRedactor, redacted } from '@netpulse/core'
import type { Sealer } from '@netpulse/credentials'
import type { TaskRecord } from '@netpulse/queue'
import { sealContext } from '../run/sealed-job.js'
import type { CheckedRequest, CheckedTarget } from '../submit/checked-request.js'
import { partsOf } from '../submit/new-job.js'
import { replaceSecrets } from '../submit/secret-values.js'

/** `connection_args` as anybody who sees the task may see them. */
export function shownConnectionOf(
  { driver, connection }: Pick<CheckedTarget, 'driver' | 'connection'>,
  given: JsonObject,
  secrets: readonly string[] = [],
): JsonObject {
  const redactor = createRedactor(secrets)
  const address = Object.fromEntries(['host', 'port', 'device', 'site'].map((name) => [name, given[name]]))
  const whole = { ...address, ...connection } as JsonObject
  const shown = replaceSecrets(driver.connectionSchema.definition, whole, () => redacted)
  const entries = Object.entries(shown).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? redactor.redact(value) : value]),
  )
}

/** A launch, and the request that it was made of. */
export interface Launch {
  readonly checked: CheckedRequest
  readonly job: NewJob
  readonly step: Extract<TaskStep, { action: 'launch' }>
}

/** The task that a job is to launch: known before it begins, with every secret sealed for it alone. */
export function newTaskOf({ checked, job, step }: Launch, sealer: Sealer): TaskRecord {
  const { request } = checked
  const { device } = job.request
  const { shown, sealed } = partsOf(checked)
  return {
    id: step.taskId,
    status: 'launching',
    jobId: job.id,
    commands: checked.operation.type === 'command' ? checked.operation.commands : [],
    driver: job.request.driver,
    device,
    strategy: job.strategy,
    sealedConnection: sealer.seal(JSON.stringify(sealed), sealContext(step.taskId, device.id)),
    ...(request.credential === undefined ? {} : { credential: request.credential }),
    driverOptions: shown,
    switches: checked.switches,
    shownConnection: shownConnectionOf(checked, request.connectionArgs, checked.secrets),
    ...(step.pushIntervalSeconds === undefined ? {} : { pushIntervalSeconds: step.pushIntervalSeconds }),
    offset: 0,
    logSize: 0,
    createdAt: job.createdAt,
    failures: 0,
    looks: 0,
    errand: { jobId: job.id, action: 'launch' },
    tags: job.tags,
    owner: job.owner,
  }
}
