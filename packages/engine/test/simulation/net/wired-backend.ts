import type { DeviceId, Incarnation, JobId, JsonObject } from '@netpulse/core'
import type {
  AuditLog,
  Claim,
  Consumer,
  Delivery,
  DeviceHolds,
  DeviceMailboxes,
  JobStore,
  Leases,
  NodeCommands,
  NodeRegistry,
  Outbox,
  QueueBackend,
  TaskRegistry,
  Running,
  WorkerReport,
  WorkQueue,
} from '@netpulse/queue'
import type { SimProcess } from '../world/sim-process.js'
import type { Wire } from './wire.js'

/** Names of jobs in the trace: ids are random, names are not. */
export type JobNames = Map<JobId, string>

interface Ends {
  readonly real: QueueBackend
  readonly process: SimProcess
  readonly wire: Wire
  readonly names: JobNames
}

/** The store as one process sees it: over the wire. */
export function wiredBackend(ends: Ends): QueueBackend {
  const nothing = async (): Promise<void> => undefined
  return {
    start: nothing,
    stop: nothing,
    [Symbol.asyncDispose]: nothing,
    jobs: wiredJobs(ends),
    work: wiredWork(ends),
    mailboxes: wiredMailboxes(ends),
    leases: wiredLeases(ends),
    nodes: wiredNodes(ends),
    holds: wiredHolds(ends),
    commands: wiredCommands(ends),
    outbox: wiredOutbox(ends),
    audit: wiredAudit(ends),
    tasks: wiredTasks(ends),
  }
}

function wiredJobs({ real: { jobs }, process, wire, names }: Ends): JobStore {
  const nameOf = (id: JobId): string => names.get(id) ?? 'job?'
  const claimed = ({ jobId, attempt }: Claim): string => `${nameOf(jobId)}/${attempt}`
  return {
    submit: (submissions) => {
      for (const { job } of submissions) names.set(job.id, job.tags[0] ?? 'job?')
      const shown = submissions.map(({ job }) => nameOf(job.id)).join(' ')
      return wire.call(process, `submit ${shown}`, () => jobs.submit(submissions))
    },
    find: (id) => wire.call(process, `find ${nameOf(id)}`, () => jobs.find(id)),
    list: (filter, page) => wire.call(process, 'list', () => jobs.list(filter, page)),
    journal: (claim, entry, answers) =>
      wire.call(process, `journal ${claimed(claim)} ${entry.phase} ${entry.line ?? ''}`, () =>
        jobs.journal(claim, entry, answers),
      ),
    finish: (claim, ending) =>
      wire.call(process, `finish ${claimed(claim)} ${ending.status} ${ending.outcome}`, () =>
        jobs.finish(claim, ending),
      ),
    retry: (claim, delayMs, error) =>
      wire.call(process, `retry ${claimed(claim)} ${error.code} ${delayMs}`, () => jobs.retry(claim, delayMs, error)),
    cancel: (id) => wire.call(process, `cancel ${nameOf(id)}`, () => jobs.cancel(id)),
    ended: (id, signal) =>
      new Promise((resolve, reject) => {
        wire.push(process, () =>
          jobs.ended(id, signal).then(
            (record) => wire.push(process, () => resolve(record)),
            (error: unknown) => wire.push(process, () => reject(error as Error)),
          ),
        )
      }),
    output: (id, attempt, text) => jobs.output(id, attempt, text),
    progress: (id, attempt, progress) => jobs.progress(id, attempt, progress),
    events: (query) => jobs.events(query),
    counts: () => wire.call(process, 'counts', () => jobs.counts()),
  }
}

/** A delivery on its way: its signal crosses the wire as well. */
function delivered({ process, wire, names }: Ends, delivery: Delivery): Delivery {
  const controller = new AbortController()
  const { signal, job } = delivery
  const abort = (): void =>
    wire.push(process, () => {
      wire.note(process, `! ${names.get(job.id) ?? ''} ${String((signal.reason as { code?: string }).code)}`)
      controller.abort(signal.reason)
    })
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return { ...delivery, signal: controller.signal }
}

function wiredWork(ends: Ends): WorkQueue {
  return {
    async consume(consumer, run) {
      const consumption = new Consumption(ends, consumer, run)
      await ends.wire.call(ends.process, 'consume', () => consumption.join(), true)
      return consumption
    },
  }
}

/** A consuming loop over a connection: while that is cut, and after its process died, nothing is delivered. */
class Consumption implements Running {
  readonly #ends: Ends
  readonly #consumer: Consumer
  readonly #run: (delivery: Delivery) => Promise<void>
  readonly #all: Running[] = []
  #drained = false

  constructor(ends: Ends, consumer: Consumer, run: (delivery: Delivery) => Promise<void>) {
    this.#ends = ends
    this.#consumer = consumer
    this.#run = run
    ends.process.onDeath(() => this.#leave())
    ends.process.onCut(() => {
      this.#leave()
      ends.process.whenConnected(() => void this.#rejoin())
    })
  }

  async join(): Promise<void> {
    this.#all.push(await this.#ends.real.work.consume(this.#consumer, (delivery) => this.#deliver(delivery)))
    if (this.#ends.process.isDead || this.#ends.process.cut !== undefined) this.#leave()
  }

  async drain(): Promise<void> {
    this.#drained = true
    const all = Promise.all(this.#all.map((running) => running.drain()))
    await new Promise<void>((resolve) => void all.then(() => this.#ends.process.enter(resolve)))
  }

  #leave(): void {
    for (const running of this.#all) void running.drain()
  }

  async #rejoin(): Promise<void> {
    if (this.#drained || this.#ends.process.isDead) return
    // The life that consumed may be over: its node finds that out by itself.
    await this.join().catch(() => undefined)
  }

  #deliver(delivery: Delivery): Promise<void> {
    const { process, wire, names } = this.#ends
    return new Promise((resolve, reject) => {
      wire.step(process, `< delivery ${names.get(delivery.job.id) ?? ''}`)
      wire.push(process, () => void this.#run(delivered(this.#ends, delivery)).then(resolve, reject))
    })
  }
}

function wiredMailboxes(ends: Ends): DeviceMailboxes {
  const { real, process, wire } = ends
  return {
    take: async (lease, worker) => {
      const taken = await wire.call(process, `take ${lease.device}`, () => real.mailboxes.take(lease, worker), true)
      return taken === undefined ? undefined : delivered(ends, taken)
    },
    onWork: (incarnation, listener) => {
      const leave = real.mailboxes.onWork(incarnation, (device) => wire.push(process, () => listener(device)))
      process.onDeath(leave)
      return leave
    },
  }
}

const wiredLeases = ({ real: { leases }, process, wire }: Ends): Leases => ({
  find: (device: DeviceId) => wire.call(process, `lease ${device}`, () => leases.find(device)),
  heldBy: (incarnation) => wire.call(process, 'held leases', () => leases.heldBy(incarnation)),
  release: (lease) => wire.call(process, `release ${lease.device}`, () => leases.release(lease)),
})

function wiredNodes({ real: { nodes }, process, wire }: Ends): NodeRegistry {
  const sources = new Map<Incarnation, () => readonly WorkerReport[]>()
  const sent = new Map<Incarnation, readonly WorkerReport[]>()
  const report = (incarnation: Incarnation): void => void sent.set(incarnation, sources.get(incarnation)?.() ?? [])
  return {
    register: (info, source) => {
      const { incarnation } = info
      process.incarnations.add(incarnation)
      sources.set(incarnation, source)
      report(incarnation)
      return wire.call(process, 'register', () => nodes.register(info, () => sent.get(incarnation) ?? []))
    },
    heartbeat: (incarnation) => {
      report(incarnation)
      return wire.call(process, 'heartbeat', () => nodes.heartbeat(incarnation))
    },
    drain: (incarnation) => wire.call(process, 'drain', () => nodes.drain(incarnation)),
    unregister: (incarnation) => wire.call(process, 'unregister', () => nodes.unregister(incarnation)),
    list: () => wire.call(process, 'nodes', () => nodes.list()),
    rooms: () => wire.call(process, 'rooms', () => nodes.rooms()),
    reap: (decide, among) => wire.call(process, 'reap', () => nodes.reap(decide, among)),
  }
}

const wiredHolds = ({ real: { holds }, process, wire }: Ends): DeviceHolds => ({
  list: () => wire.call(process, 'holds', () => holds.list()),
  release: (device) => wire.call(process, `release hold ${device}`, () => holds.release(device)),
})

function wiredCommands({ real: { commands }, process, wire }: Ends): NodeCommands {
  const take = (run: (command: JsonObject) => Promise<void>) => (command: JsonObject) =>
    new Promise<void>((resolve, reject) => {
      wire.step(process, `< command ${String(command['type'])}`)
      wire.push(process, () => void run(command).then(resolve, reject))
    })
  return {
    send: (node, command) => wire.call(process, `command ${node}`, () => commands.send(node, command)),
    consume: async (node, run) => {
      const consume = async (): Promise<Running> => {
        const running = await commands.consume(node, take(run))
        process.onDeath(() => void running.drain())
        return running
      }
      const running = await wire.call(process, 'take commands', consume, true)
      return { drain: () => new Promise((resolve) => void running.drain().then(() => process.enter(resolve))) }
    },
  }
}

function wiredOutbox({ real: { outbox }, process, wire }: Ends): Outbox {
  return {
    claim: (request) => wire.call(process, 'claim deliveries', () => outbox.claim(request)),
    settle: (due, verdict) =>
      wire.call(process, `settle ${due.delivery.event} ${verdict.state}`, () => outbox.settle(due, verdict)),
    onDue: (listener) => {
      const leave = outbox.onDue(() => wire.push(process, listener))
      process.onDeath(leave)
      return leave
    },
    ofJob: (id) => wire.call(process, 'deliveries', () => outbox.ofJob(id)),
    dead: (page) => wire.call(process, 'dead deliveries', () => outbox.dead(page)),
    replay: (id) => wire.call(process, 'replay', () => outbox.replay(id)),
  }
}

const wiredAudit = ({ real: { audit }, process, wire }: Ends): AuditLog => ({
  append: (act) => wire.call(process, `append ${act.action}`, () => audit.append(act)),
  list: (filter, page) => wire.call(process, 'audit entries', () => audit.list(filter, page)),
  lines: (after, limit) => wire.call(process, 'audit lines', () => audit.lines(after, limit)),
  head: () => wire.call(process, 'audit head', () => audit.head()),
})
function wiredTasks({ real: { tasks }, process, wire }: Ends): TaskRegistry {
  return {
    add: (task, dueInMs) => wire.call(process, 'add task', () => tasks.add(task, dueInMs)),
    find: (id) => wire.call(process, 'find task', () => tasks.find(id)),
    list: (filter, page) => wire.call(process, 'list tasks', () => tasks.list(filter, page)),
    claim: (most, forMs) => wire.call(process, 'claim tasks', () => tasks.claim(most, forMs)),
    save: (stored, dueInMs) => wire.call(process, 'save task', () => tasks.save(stored, dueInMs)),
    remove: (id) => wire.call(process, 'remove task', () => tasks.remove(id)),
    onDue: (listener) => {
      const leave = tasks.onDue(() => wire.push(process, listener))
      process.onDeath(leave)
      return leave
    },
  }
}
