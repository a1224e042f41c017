import type { ErrorData, Incarnation, JobId, JobRecord, NodeId } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type {
  Ending,
  LostJobVerdict,
  NodeInfo,
  NodeRegistry,
  NodeRoom,
  NodeState,
  ReapReport,
  WorkerReport,
} from '@netpulse/queue'
import { attemptsUsedEnding, queueError } from '@netpulse/queue'
import { auditResultText } from './audit-texts.js'
import type { Kernel } from './kernel.js'
import type { Lives } from './lives.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'

/** Lost jobs, and devices without a holder, that one script looks at. */
const sliceSize = 200

/** JSON with the named members as instants again. */
const withDates = <Value>(text: string, names: readonly string[]): Value =>
  JSON.parse(text, (key, value: unknown) => (names.includes(key) ? new Date(value as string) : value)) as Value

/** Nodes on Redis. */
export class RedisNodes implements NodeRegistry {
  readonly #kernel: Kernel
  readonly #lives: Lives

  constructor(kernel: Kernel, lives: Lives) {
    this.#kernel = kernel
    this.#lives = lives
  }

  async register(info: NodeInfo, report: () => readonly WorkerReport[]): Promise<void> {
    this.#kernel.assertOpen()
    await this.#lives.register(info, report)
  }

  async heartbeat(incarnation: Incarnation): Promise<boolean> {
    return this.#kernel.isOpen && this.#lives.beat(incarnation)
  }

  async drain(incarnation: Incarnation): Promise<void> {
    await this.#kernel.run('drain', incarnation)
  }

  async unregister(incarnation: Incarnation): Promise<void> {
    await this.#kernel.run('leave', incarnation)
    this.#lives.over(incarnation)
  }

  async list(): Promise<readonly NodeState[]> {
    const nodes = (await this.#kernel.run('listNodes')) as readonly [string, string, number, readonly string[]][]
    return nodes.map(([info, beat, pinned, workers]) => ({
      ...withDates<NodeInfo>(info, ['startedAt']),
      pinned,
      lastHeartbeatAt: new Date(Number(beat)),
      workers: workers.map((text) => withDates<WorkerReport>(text, ['startedAt'])),
    }))
  }

  async rooms(): Promise<readonly NodeRoom[]> {
    const rooms = (await this.#kernel.run('rooms')) as readonly [NodeId, number, number][]
    return rooms.map(([node, pinned, capacity]) => ({ node, pinned, capacity }))
  }

  async reap(decide: (job: JobRecord) => LostJobVerdict, nodes: readonly NodeId[]): Promise<ReapReport> {
    const dead = new Set<string>()
    const requeued: JobId[] = []
    const ended: JobId[] = []
    for (;;) {
      const { incarnations, jobs } = await this.#lost()
      for (const incarnation of incarnations) dead.add(incarnation)
      if (jobs.length === 0) break
      for (const job of jobs) {
        const became = await this.#apply(job, decide(job))
        if (became === 'requeued') requeued.push(job.id)
        else if (became === 'ended') ended.push(job.id)
      }
    }
    return { incarnations: dead.size, requeued, ended, homeless: await this.#adopt(nodes) }
  }

  async #lost(): Promise<{ readonly incarnations: readonly string[]; readonly jobs: readonly JobRecord[] }> {
    const answer = await this.#kernel.run('lost', sliceSize)
    const [incarnations, ...jobs] = answer as readonly [readonly string[], ...(readonly [string, RecordFields])[]]
    const records = jobs.map(([, fields]) => recordOf(fields))
    // Oldest first, so that their events are in the order of their jobs.
    return { incarnations, jobs: records.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()) }
  }

  async #apply(job: JobRecord, verdict: LostJobVerdict): Promise<string | null> {
    const error = toErrorData(queueError('LEASE_LOST', `The node that ran job ${job.id} was lost.`))
    const ending = verdict.action === 'end' ? verdict.ending : attemptsUsedEnding(job)
    const values = [job.id, job.attempt, verdict.action, JSON.stringify(error), ...endingValues(job, ending)]
    return (await this.#kernel.run('verdict', ...values)) as string | null
  }

  /** Answers how many devices found no holder. */
  async #adopt(nodes: readonly NodeId[]): Promise<number> {
    for (;;) {
      const [adopted, left] = (await this.#kernel.run('adopt', sliceSize, ...nodes)) as readonly [number, number]
      if (adopted < sliceSize) return left
    }
  }
}

const textOf = (error: ErrorData | undefined): string => (error === undefined ? '' : JSON.stringify(error))

const endingValues = (job: JobRecord, { status, outcome, result, holdDevice }: Ending): readonly string[] => [
  status,
  outcome,
  JSON.stringify(result),
  textOf(result.error),
  holdDevice ?? '',
  auditResultText(job, result),
]
