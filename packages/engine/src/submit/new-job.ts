import type { JobId, JobRequest, JsonObject, NewJob, Operation, TaskStep } from '@netpulse/core'
import { newJobId, taskIdOf } from '@netpulse/core'
import type { SubmitRequest } from '../netpulse.js'
import type { Repeatable } from './repeatable.js'
import type { Sealer } from '@netpulse/credentials'
import type { SealedPart } from '../run/sealed-job.js'
import { sealContext } from '../run/sealed-job.js'
import type { CheckedRequest } from './checked-request.js'
import { submitDefaults } from './request-schema.js'
import { namesSecret, replaceSecrets } from './secret-values.js'

/** What stands in a job record where a secret option was; the worker has the sealed one. */
const sealedMark = '[sealed]'

/** What a job gets beside its request. */
export interface JobMaking {
  readonly sealer: Sealer
  readonly now: Date
  /** The request that its sender may send again, and the job's place in it. */
  readonly repeat?: { readonly of: Repeatable; readonly place: number }
}

/** A checked request as a job to be stored: every secret sealed for this job and device alone. */
export function newJobOf(checked: CheckedRequest, { sealer, now, repeat }: JobMaking): NewJob {
  const { request, device, kind, strategy } = checked
  const id = repeat === undefined ? newJobId() : repeat.of.jobId(repeat.place)
  const { shown, sealed } = partsOf(checked)
  const ttlSeconds = request.ttlSeconds ?? submitDefaults.ttlSeconds
  return {
    id,
    kind,
    strategy,
    request: {
      ...requestOf(checked),
      ...(request.detach === true ? { task: launchOf(id, request) } : {}),
      driverOptions: shown,
      sealedConnection: sealer.seal(JSON.stringify(sealed), sealContext(id, device.id)),
    },
    createdAt: now,
    expiresAt: new Date(now.getTime() + ttlSeconds * 1000),
    resultTtlSeconds: request.resultTtlSeconds ?? submitDefaults.resultTtlSeconds,
    maxAttempts: submitDefaults.maxAttempts,
    tags: request.tags ?? [],
    owner: request.owner ?? '',
    ...(repeat === undefined ? {} : { fingerprint: repeat.of.fingerprint }),
  }
}

const launchOf = (id: JobId, { pushIntervalSeconds }: SubmitRequest): TaskStep => ({
  action: 'launch',
  taskId: taskIdOf(id),
  ...(pushIntervalSeconds === undefined ? {} : { pushIntervalSeconds }),
})

/** What of a request may be seen, and what is to be sealed. */
export function partsOf(checked: CheckedRequest): { readonly shown: JsonObject; readonly sealed: SealedPart } {
  const { shown, secret } = splitOptions(checked)
  const sealed: SealedPart = {
    connection: checked.connection,
    ...(secret ? { driverOptions: checked.driverOptions } : {}),
    ...(checked.secrets === undefined ? {} : { secrets: checked.secrets }),
  }
  return { shown, sealed }
}

function requestOf(checked: CheckedRequest): Omit<JobRequest, 'sealedConnection' | 'driverOptions'> {
  const { request, driver, device, operation, switches } = checked
  return {
    driver: driver.name,
    device,
    operation,
    switches,
    transcript: request.transcript ?? false,
    executionTimeoutSeconds: request.executionTimeoutSeconds ?? defaultTimeoutSeconds(operation),
    ...(request.credential === undefined ? {} : { credential: request.credential }),
  }
}

const defaultTimeoutSeconds = ({ type }: Operation): number =>
  type === 'file_transfer' ? submitDefaults.transferTimeoutSeconds : submitDefaults.executionTimeoutSeconds

function splitOptions(checked: CheckedRequest): { readonly shown: JsonObject; readonly secret: boolean } {
  const { driver, operation, driverOptions } = checked
  if (!driver.marksSecretOptions(operation.type) && !namesSecret(driverOptions))
    return { shown: driverOptions, secret: false }
  let secret = false
  const shown = replaceSecrets(driver.optionsSchema(operation.type).definition, driverOptions, () => {
    secret = true
    return sealedMark
  })
  return { shown, secret }
}
