import type { JobRecord, NodeId } from '@netpulse/core'
import type { HostKeyStore } from '@netpulse/driver-sdk'
import type { PluginHost } from '@netpulse/plugin-host'
import type { Scheduler } from '@netpulse/plugin-sdk'
import type { LostJobVerdict, QueueBackend } from '@netpulse/queue'
import type { SharedRecords } from '@netpulse/queue-redis'
import { queueNameOf } from '@netpulse/queue'
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { AuditIntake } from './audit/audit-intake.js'
import { auditedHostKeys } from './audit/audited-host-keys.js'
import { ConnectionTester } from './connection-test.js'
import { Engine } from './engine.js'
import type { Settings } from './options.js'
import { JobRunner } from './run/job-runner.js'
import type { RunnerOptions } from './run/runner-options.js'
import type { Storage } from '@netpulse/storage'
import type { CredentialResolver, Sealer } from '@netpulse/credentials'
import { createCredentialResolver } from '@netpulse/credentials'
import { CommandPolicy } from './policy/command-policy.js'
import { LoginGuard } from './logins/login-guard.js'
import { DeviceSessions } from './sessions/device-sessions.js'
import { lendOnce } from './sessions/lent-session.js'
import { OpenGate } from './sessions/open-gate.js'
import { OpeningPlaces } from './sessions/opening-places.js'
import { SessionOpener } from './sessions/session-opener.js'
import { ownRecords } from './store/own-records.js'
import { DriverCatalog } from './submit/driver-catalog.js'
import { Placement } from './submit/placement.js'
import { Submitter } from './submit/submitter.js'
import { RoomMaker } from './submit/room-maker.js'
import { NoWork } from './work/no-work.js'
import { EngineWebhooks } from './webhooks/engine-webhooks.js'
import { EngineTasks } from './tasks/engine-tasks.js'
import { ErrandSender } from './tasks/errand-sender.js'
import { TaskJobs } from './tasks/task-jobs.js'
import { TaskKeeper } from './tasks/task-keeper.js'
import type { NodeTimes } from './work/node-times.js'
import { NodeWorker } from './work/node-worker.js'
import { PinnedWorker } from './work/pinned-worker.js'
import type { MakePinnedWorker } from './work/pinned-workers.js'
import { Reaper } from './work/reaper.js'
import { pinnedWorkerName } from './work/worker-names.js'
import { WorkerRecord } from './work/worker-record.js'
import type { Workforce } from './work/workforce.js'

/** What an engine is made of: everything that reaches outside of it. */
export interface EngineSetup {
  readonly settings: Settings
  readonly backend: QueueBackend
  readonly plugins: PluginHost
  readonly scheduler: Scheduler
  readonly sealer: Sealer
  readonly hostKeys: HostKeyStore
  /** Closed with the engine. @defaultValue one without providers */
  readonly credentials?: CredentialResolver
  readonly node: NodeId
  /** Whether jobs survive this process. */
  readonly durable: boolean
  readonly decideLostJob: (job: JobRecord) => LostJobVerdict
  readonly times: NodeTimes
  /** Stops the backend and what is below it, once nothing runs any more. @defaultValue stops the backend */
  readonly closeStore?: () => Promise<void>
  /** Records that all processes share; absent when this one shares nothing. */
  readonly records?: (collection: string) => SharedRecords
  /** The staging folder; closed with the engine. @defaultValue none: transfers are refused */
  readonly storage?: Storage
  /** The node's own worker was ended from outside. */
  readonly onEndRequested?: () => void
}

/** Wires the parts and starts the work. The backend is open already, and stays its owner's to stop when this throws. */
export async function startEngine(setup: EngineSetup): Promise<Engine> {
  const { engine, workforce, webhooks, keeper } = wire(setup)
  await workforce.start()
  setup.storage?.start()
  if (setup.settings.work === 'none') return engine
  webhooks.start()
  keeper.start()
  return engine
}

interface Wired {
  readonly engine: Engine
  readonly workforce: Workforce
  readonly webhooks: EngineWebhooks
  readonly keeper: TaskKeeper
}

function wire(setup: EngineSetup): Wired {
  const { settings, backend, hostKeys, sealer } = setup
  const { clock, logger: log } = settings
  const catalog = new DriverCatalog(setup.plugins)
  const audit = (settings.audit.enabled ?? setup.durable) ? backend.audit : undefined
  const credentials = setup.credentials ?? createCredentialResolver({ providers: new Map(), clock })
  const guard = new LoginGuard({
    limits: settings.logins,
    records: setup.records?.('logins') ?? ownRecords(),
    sealer,
    clock,
    observe: settings.observe,
  })
  const opener = new SessionOpener({
    services: { clock, log, hostKeys: audit === undefined ? hostKeys : auditedHostKeys(hostKeys, audit) },
    gate: new OpenGate(),
    guard,
    places: new OpeningPlaces(clock),
    observe: settings.observe,
  })
  const fingerprintKey = randomBytes(32)
  const placement = new Placement({ nodes: backend.nodes, scheduler: setup.scheduler, clock, random: Math.random })
  const isTrusted = (): boolean => workforce.isTrusted
  const onTaskStep = (job: JobRecord): void => keeper.ended(job)
  const runner = new JobRunner({ ...runnerOptions(setup), catalog, credentials, fingerprintKey, isTrusted, onTaskStep })
  const roomMaker = new RoomMaker({
    nodes: backend.nodes,
    commands: backend.commands,
    own: settings.work === 'none' ? undefined : setup.node,
    evictOwn: (count) => workforce.evict(count),
    clock,
  })
  const makeRoom = (count: number): Promise<void> => roomMaker.makeRoom(count)
  const workforce: Workforce = workforceOf(setup, { runner, placement, opener, makeRoom })
  const files = setup.storage === undefined ? {} : { storage: setup.storage }
  const webhooks = new EngineWebhooks({ settings, plugins: setup.plugins, sealer, outbox: backend.outbox, ...files })
  const { tasks, keeper } = tasksOf(setup, { catalog, credentials, placement, makeRoom })
  const resolvesHere = settings.credentials.resolve === 'controller'
  const policy = new CommandPolicy(settings.policy)
  const submitParts = { catalog, policy, sealer, credentials, resolvesHere, webhooks: webhooks.intake, placement }
  const intake = new AuditIntake(settings.audit, audit !== undefined)
  const more = { ...files, audit: intake, jobs: backend.jobs, tasks: backend.tasks, clock, log, makeRoom }
  const submitter = new Submitter({ ...submitParts, ...more })
  const tester = new ConnectionTester({ catalog, opener, credentials, fingerprintKey, clock, log })
  const closeStore = setup.closeStore ?? ((): Promise<void> => backend.stop())
  const { pauses } = guard
  const work = { backend, catalog, submitter, tester, credentials, workforce, webhooks, tasks, keeper }
  const parts = { ...work, pauses, audit, hostKeys, clock, closeStore }
  const { records } = setup
  const present = { ...files, ...(records === undefined ? {} : { records }) }
  return { engine: new Engine({ ...parts, ...present }), workforce, webhooks, keeper }
}

interface TaskParts {
  readonly catalog: DriverCatalog
  readonly credentials: CredentialResolver
  readonly placement: Placement
  readonly makeRoom: (count: number) => Promise<void>
}

function tasksOf({ settings, backend, sealer }: EngineSetup, { catalog, credentials, ...parts }: TaskParts) {
  const { clock, logger: log } = settings
  const { jobs, tasks: registry } = backend
  const sender = new ErrandSender({ jobs, ...parts })
  const taskJobs = new TaskJobs({ jobs, sender, clock })
  return {
    tasks: new EngineTasks({ registry, jobs, taskJobs, catalog, sealer, credentials, clock }),
    keeper: new TaskKeeper({ registry, jobs, sender, clock, log }),
  }
}

function runnerOptions(
  setup: EngineSetup,
): Omit<RunnerOptions, 'catalog' | 'credentials' | 'fingerprintKey' | 'isTrusted' | 'onTaskStep'> {
  const { settings, backend, sealer, durable } = setup
  return {
    sealer,
    jobs: backend.jobs,
    clock: settings.clock,
    log: settings.logger,
    observe: settings.observe,
    holdUnknown: settings.afterUnknownOutcome === 'hold',
    durable,
    random: Math.random,
    ...(setup.storage === undefined ? {} : { storage: setup.storage }),
    outputLimits: { perCommand: settings.maxOutputPerCommand, perJob: settings.maxOutputPerJob },
  }
}

interface WorkParts {
  readonly runner: JobRunner
  readonly placement: Placement
  readonly opener: SessionOpener
  readonly makeRoom: (count: number) => Promise<void>
}

function workforceOf(setup: EngineSetup, parts: WorkParts): Workforce {
  const { settings, backend, times, decideLostJob } = setup
  if (settings.work !== 'none') return nodeOf(setup, parts)
  const { clock, logger: log } = settings
  const { placement, makeRoom } = parts
  const { nodes } = backend
  return new NoWork(new Reaper({ nodes, placement, decideLostJob, makeRoom, reapMs: times.reapMs, clock, log }))
}

function nodeOf(setup: EngineSetup, { runner, placement, opener, makeRoom }: WorkParts): NodeWorker {
  const { settings, backend, times, decideLostJob, node } = setup
  const { clock, logger: log, drainTimeoutSeconds, work } = settings
  const capacity = work === 'fifo' ? 0 : settings.capacity
  return new NodeWorker({
    info: { node, hostname: hostname(), pid: process.pid, capacity, startedAt: clock.now() },
    backend,
    runner,
    placement,
    makePinnedWorker: pinnedWorkerMaker(setup, runner, opener),
    lendOnce: lendOnce(opener),
    concurrency: work === 'node' ? 0 : settings.concurrency,
    decideLostJob,
    makeRoom,
    times,
    clock,
    log,
    drainTimeoutMs: drainTimeoutSeconds * 1000,
    ...(setup.onEndRequested === undefined ? {} : { onEndRequested: setup.onEndRequested }),
  })
}

function pinnedWorkerMaker(setup: EngineSetup, runner: JobRunner, opener: SessionOpener): MakePinnedWorker {
  const { settings, backend } = setup
  const { clock, logger: log } = settings
  const sessionLimits = {
    opener,
    clock,
    observe: settings.observe,
    limit: settings.sessionsPerDevice,
    probeAfterMs: settings.probeAfterSeconds * 1000,
    idleTimeoutMs: settings.idleTimeoutSeconds * 1000,
  }
  return (device, incarnation, onEnd) => {
    const queue = queueNameOf('device', device)
    const name = pinnedWorkerName(setup.node, device)
    return new PinnedWorker({
      device,
      incarnation,
      runner,
      mailboxes: backend.mailboxes,
      leases: backend.leases,
      clock,
      log,
      record: new WorkerRecord({ name, type: 'pinned', queue, device, startedAt: clock.now() }),
      sessions: (onGone) => new DeviceSessions({ ...sessionLimits, onGone }),
      onEnd,
    })
  }
}
