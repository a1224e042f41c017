import type { FoundTask, JobRecord, NewJob, TaskId } from '@netpulse/core'
import { asTaskId, newJobId } from '@netpulse/core'
import type { PageRequest, StoredTask, TaskRecord } from '@netpulse/queue'
import { referencedLogins } from '../credentials/login-lists.js'
import { sealContext } from '../run/sealed-job.js'
import type { CheckedTarget } from '../submit/checked-request.js'
import { checkTarget } from '../submit/checked-request.js'
import { invalidRequest } from '../submit/invalid-request.js'
import { submitDefaults } from '../submit/request-schema.js'
import type { EngineTasksOptions } from './engine-tasks.js'
import { errandLimits } from './errand.js'
import { shownConnectionOf } from './new-task.js'
import { nextLookMs } from './task-times.js'
import type { Discovery, DiscoveryRequest, TaskWait } from './tasks.js'

/** Tasks of one device that one discovery looks at. */
const mostPerPage = 1_000

/** What a discovery works with. */
interface Search {
  readonly options: EngineTasksOptions
  readonly request: DiscoveryRequest
  readonly target: CheckedTarget
  readonly job: NewJob
}

/** Asks a device for its tasks, and brings the registry up to what it has. */
export async function discover(
  options: EngineTasksOptions,
  request: DiscoveryRequest,
  wait: TaskWait & { readonly timeoutMs: number },
): Promise<Discovery> {
  const { catalog, credentials, taskJobs } = options
  const target = await checkTarget(catalog, request)
  if (target.driver.manifest.tasks !== true)
    throw invalidRequest([
      { path: 'driver', message: `${target.driver.name} cannot leave work running at its devices` },
    ])
  const logins = referencedLogins(target.driver.loginLists, target.connection, request.credential)
  for (const { reference } of logins) credentials.check(reference)
  const search: Search = { options, request, target, job: discoveryOf(options, request, target) }
  const ended = await taskJobs.done(search.job, wait)
  const found = ended.result?.tasks ?? []
  const tasks = await Promise.all(found.map((one) => adopt(search, one, ended)))
  return { tasks, vanished: await noteVanished(search, found) }
}

function discoveryOf({ sealer, clock }: EngineTasksOptions, request: DiscoveryRequest, target: CheckedTarget): NewJob {
  const { driver, device, connection } = target
  const id = newJobId()
  const now = clock.now()
  return {
    id,
    kind: 'query',
    strategy: 'pinned',
    request: {
      driver: driver.name,
      device,
      operation: { type: 'command', commands: [] },
      sealedConnection: sealer.seal(JSON.stringify({ connection }), sealContext(id, device.id)),
      ...(request.credential === undefined ? {} : { credential: request.credential }),
      ...presetsOf(target),
      transcript: false,
      executionTimeoutSeconds: errandLimits.executionTimeoutSeconds,
      task: { action: 'discover' },
    },
    createdAt: now,
    expiresAt: new Date(now.getTime() + errandLimits.ttlSeconds * 1000),
    resultTtlSeconds: errandLimits.resultTtlSeconds,
    maxAttempts: submitDefaults.maxAttempts,
    tags: [],
    owner: request.owner ?? '',
  }
}

/** Options of a request that says none. */
function presetsOf({ driver }: CheckedTarget): Pick<NewJob['request'], 'driverOptions' | 'switches'> {
  return {
    driverOptions: driver.optionsSchema('command').parse({}, 'driver_args'),
    switches: driver.switchesSchema.parse({}, 'The switches'),
  }
}

/** A task that nobody knew is known from here on; of one that is known, what has changed is looked at. */
async function adopt(search: Search, found: FoundTask, { endedAt }: JobRecord): Promise<TaskRecord> {
  const { registry } = search.options
  const task = adoptedOf(search, found, endedAt!)
  if (await registry.add(task, found.running ? nextLookMs(task) : 0)) return task
  const stored = await registry.find(task.id)
  if (stored === undefined) return task
  const isChanged = stored.task.status === 'launching' || (stored.task.status === 'running' && !found.running)
  if (isChanged && stored.task.errand === undefined) await registry.save(stored, 0)
  return stored.task
}

function adoptedOf({ options, request, target, job }: Search, found: FoundTask, at: Date): TaskRecord {
  const id: TaskId = asTaskId(found.taskId)
  const { driver, device, connection } = target
  const { pid, exitStatus } = found
  return {
    id,
    status: 'running',
    commands: found.commands ?? [],
    driver: driver.name,
    device,
    strategy: 'pinned',
    sealedConnection: options.sealer.seal(JSON.stringify({ connection }), sealContext(id, device.id)),
    ...(request.credential === undefined ? {} : { credential: request.credential }),
    driverOptions: job.request.driverOptions,
    switches: job.request.switches,
    shownConnection: shownConnectionOf(target, request.connectionArgs),
    offset: 0,
    logSize: 0,
    ...(pid === undefined ? {} : { pid }),
    ...(exitStatus === undefined ? {} : { exitStatus }),
    createdAt: at,
    syncedAt: at,
    failures: 0,
    looks: 0,
    tags: [],
    owner: request.owner ?? '',
  }
}

/**
 * Tasks of the same login that were taken for running and are not there: each is looked at with its own secrets, which
 * settles it and tells its webhook. Answers how many there are.
 */
async function noteVanished({ options, target, request }: Search, found: readonly FoundTask[]): Promise<number> {
  const { registry } = options
  const there = new Set(found.map(({ taskId }) => taskId))
  const login = shownConnectionOf(target, request.connectionArgs)['username']
  const isVanished = ({ task }: StoredTask): boolean =>
    !there.has(task.id) &&
    task.status !== 'completed' &&
    task.errand?.action !== 'launch' &&
    task.driver === target.driver.name &&
    task.shownConnection['username'] === login
  let vanished = 0
  for (let page: PageRequest | undefined = { limit: mostPerPage }; page !== undefined;) {
    const { items, nextCursor } = await registry.list({ deviceId: target.device.id }, page)
    for (const stored of items.filter(isVanished)) {
      vanished += stored.task.status === 'running' ? 1 : 0
      if (stored.task.errand === undefined) await registry.save(stored, 0)
    }
    page = nextCursor === undefined ? undefined : { limit: mostPerPage, cursor: nextCursor }
  }
  return vanished
}
