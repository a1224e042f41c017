import type { CancelTimer, DeviceId, Incarnation, JobId } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { NodeInfo, WorkerReport } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import type { Kernel } from './kernel.js'

/** What is told to the holder of devices. */
type Message =
  | { readonly type: 'work'; readonly devices: readonly DeviceId[] }
  | { readonly type: 'cancel'; readonly job: JobId; readonly attempt: number }
  | { readonly type: 'fenced' }

type WorkListener = (device: DeviceId) => void

/** One life of a node of this process. */
class Life {
  readonly info: NodeInfo
  readonly report: () => readonly WorkerReport[]
  readonly listeners = new Set<WorkListener>()
  /** Reports as they were sent last, by worker. */
  sent: ReadonlyMap<string, string> = new Map()
  cancelTimer: CancelTimer = () => undefined
  leave: () => void = () => undefined

  constructor(info: NodeInfo, report: () => readonly WorkerReport[]) {
    this.info = info
    this.report = report
  }
}

/** The lives of this process's nodes: what they are told, and until when they may be trusted. */
export class Lives {
  readonly #kernel: Kernel
  readonly #lives = new Map<Incarnation, Life>()
  /** Called with each life that is over. */
  readonly onOver = new Set<(incarnation: Incarnation) => void>()

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  start(): void {
    const unlisten = this.#kernel.connections.onReconnect(() => void this.#catchUp())
    this.#kernel.onClose(async () => {
      unlisten()
      const incarnations = [...this.#lives.keys()]
      for (const incarnation of incarnations) this.over(incarnation)
      if (incarnations.length === 0) return
      // Others need not wait until the time of these lives is over; without Redis they have to.
      await this.#kernel.send('leave', ...incarnations).catch(() => undefined)
    })
  }

  has(incarnation: Incarnation): boolean {
    return this.#lives.has(incarnation)
  }

  /** @throws LEASE_LOST when this incarnation is over */
  async register(info: NodeInfo, report: () => readonly WorkerReport[]): Promise<void> {
    const { node, incarnation, capacity } = info
    const life = new Life(info, report)
    const onMessage = (message: string): void => this.#receive(life, JSON.parse(message) as Message)
    life.leave = await this.#kernel.ask(this.#kernel.channels.listen(`w:${incarnation}`, onMessage))
    const sinceMs = this.#kernel.clock.monotonicMs()
    const { leaseTtlMs } = this.#kernel.settings
    const answer = await this.#kernel.run('register', node, incarnation, JSON.stringify(info), capacity, leaseTtlMs)
    if (answer === 'over') {
      life.leave()
      throw queueError('LEASE_LOST', `Incarnation ${incarnation} of node ${node} is over; start a new one.`)
    }
    this.#lives.get(incarnation)?.leave()
    this.#lives.set(incarnation, life)
    this.#trust(life, sinceMs)
  }

  /** Whether Redis still trusts the life. */
  async beat(incarnation: Incarnation): Promise<boolean> {
    const life = this.#lives.get(incarnation)
    if (life === undefined) return false
    const sinceMs = this.#kernel.clock.monotonicMs()
    const { sent, changes } = changesOf(life)
    const answer = await this.#kernel.run('heartbeat', incarnation, this.#kernel.settings.leaseTtlMs, ...changes)
    if (answer !== 1) {
      this.over(incarnation)
      return false
    }
    life.sent = sent
    this.#trust(life, sinceMs)
    return true
  }

  listen(incarnation: Incarnation, listener: WorkListener): () => void {
    const life = this.#lives.get(incarnation)
    if (life === undefined) return () => undefined
    life.listeners.add(listener)
    void this.#wakeAll(life)
    return () => life.listeners.delete(listener)
  }

  /** The life is over, as far as this process is concerned. */
  over(incarnation: Incarnation): void {
    const life = this.#lives.get(incarnation)
    if (life === undefined) return
    this.#lives.delete(incarnation)
    life.cancelTimer()
    life.leave()
    const { node } = life.info
    const reason = queueError('LEASE_LOST', `Node ${node} lost its lease; its jobs go to the next holder.`)
    this.#kernel.deliveries.abandon(reason, incarnation)
    for (const tell of this.onOver) tell(incarnation)
  }

  /** From the moment at which the heartbeat was sent: Redis counts from a later one. */
  #trust(life: Life, sinceMs: number): void {
    const { clock, settings } = this.#kernel
    life.cancelTimer()
    const leftMs = Math.max(0, settings.leaseTtlMs - (clock.monotonicMs() - sinceMs))
    life.cancelTimer = clock.setTimer(leftMs, () => this.over(life.info.incarnation))
  }

  #receive(life: Life, message: Message): void {
    if (message.type === 'fenced') this.over(life.info.incarnation)
    else if (message.type === 'cancel') this.#kernel.deliveries.cancel(message.job, message.attempt)
    else for (const device of message.devices) for (const listener of [...life.listeners]) listener(device)
  }

  /** Messages may have been missed. */
  async #catchUp(): Promise<void> {
    for (const life of [...this.#lives.values()]) {
      await this.#wakeAll(life)
      await this.#findCancels(life.info.incarnation)
    }
  }

  async #wakeAll(life: Life): Promise<void> {
    const ask = async (): Promise<void> => {
      const devices = await this.#kernel.run('devicesWithWork', life.info.incarnation)
      this.#receive(life, { type: 'work', devices: devices as readonly DeviceId[] })
    }
    await ask().catch((error: unknown) => this.#logMissed(error))
  }

  async #findCancels(incarnation: Incarnation): Promise<void> {
    const claims = this.#kernel.deliveries.claimsOf(incarnation)
    if (claims.length === 0) return
    const ask = async (): Promise<void> => {
      const pairs = claims.flatMap(({ jobId, attempt }) => [jobId, attempt])
      const canceled = new Set((await this.#kernel.run('cancelsOf', ...pairs)) as readonly JobId[])
      for (const { jobId, attempt } of claims) if (canceled.has(jobId)) this.#kernel.deliveries.cancel(jobId, attempt)
    }
    await ask().catch((error: unknown) => this.#logMissed(error))
  }

  /** The connection went away again: its return brings the next try. */
  #logMissed(error: unknown): void {
    this.#kernel.log.debug({ code: toErrorData(error).code }, 'What came in meanwhile could not be asked for.')
  }
}

/** What a heartbeat has to say: only reports that changed, since a node may have thousands of workers. */
function changesOf(life: Life): {
  readonly sent: ReadonlyMap<string, string>
  readonly changes: readonly (string | number)[]
} {
  const sent = new Map(life.report().map((report) => [report.name, JSON.stringify(report)]))
  const changed = [...sent].filter(([name, text]) => life.sent.get(name) !== text)
  const gone = [...life.sent.keys()].filter((name) => !sent.has(name))
  return { sent, changes: [changed.length, ...changed.flat(), ...gone] }
}
