import type { CommandResult, JobEvent, JobRecord } from '@netpulse/core'
import type { JobEntry } from './job-entry.js'
import { jobText } from '../job-text.js'
import { stateText } from './record-text.js'
import type { SqlValue } from './sql-text.js'
import { literal, tuple } from './sql-text.js'

/** What a batch is to write about one job. Only the last state counts. */
interface JobChange {
  readonly entry: JobEntry
  isNew: boolean
  /** When the ended job is to be purged, milliseconds since 1970. */
  purgeAtMs: number | null
  /** Rows of earlier answers are to go before `answers` come. */
  dropAnswers: boolean
  readonly answers: (readonly [n: number, answer: CommandResult])[]
}

/** An event with the key of its job's rows. */
export interface StoredEvent {
  readonly job: number
  readonly event: JobEvent
}

/** Everything that one commit writes: the changes of one turn of the event loop, or of one commit's duration. */
export class Batch {
  readonly #changes = new Map<string, JobChange>()
  readonly #events: StoredEvent[] = []
  readonly #statements: string[] = []
  readonly #audit: (readonly SqlValue[])[] = []
  readonly #ended: JobRecord[] = []
  readonly #afterCommit: (() => void)[] = []
  /** Settles with the commit. */
  readonly committed: Promise<void>
  #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined

  constructor() {
    this.committed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    // A failed commit that nobody waits for is not an unhandled rejection.
    this.committed.catch(() => undefined)
  }

  get events(): readonly StoredEvent[] {
    return this.#events
  }

  /** Records of the jobs that end with this commit. */
  get ended(): readonly JobRecord[] {
    return this.#ended
  }

  /** The jobs that it changes. */
  get entries(): readonly JobEntry[] {
    return [...this.#changes.values()].map(({ entry }) => entry)
  }

  touches(id: string): boolean {
    return this.#changes.has(id)
  }

  insert(entry: JobEntry): void {
    this.#change(entry).isNew = true
  }

  update(entry: JobEntry): void {
    this.#change(entry)
  }

  answer(entry: JobEntry, n: number, answer: CommandResult): void {
    this.#change(entry).answers.push([n, answer])
  }

  dropAnswers(entry: JobEntry): void {
    const change = this.#change(entry)
    change.dropAnswers = true
    change.answers.length = 0
  }

  end(entry: JobEntry, record: JobRecord, purgeAtMs: number): void {
    this.#change(entry).purgeAtMs = purgeAtMs
    this.#ended.push(record)
  }

  event(job: number, event: JobEvent): void {
    this.#events.push({ job, event })
  }

  /** An entry of the audit record. */
  audit(number: number, atMs: number, text: string): void {
    this.#audit.push([number, atMs, text])
  }

  /** Any other statement, without its semicolon. */
  statement(sql: string): void {
    this.#statements.push(sql)
  }

  /** Runs once the batch is durable. */
  afterCommit(run: () => void): void {
    this.#afterCommit.push(run)
  }

  succeed(): void {
    this.#settle?.resolve()
    for (const run of this.#afterCommit) run()
  }

  fail(error: Error): void {
    this.#settle?.reject(error)
  }

  /** The transaction as one text. */
  script(): string {
    const changes = [...this.#changes.values()]
    const statements = [
      ...insertJobs(changes.filter((change) => change.isNew)),
      ...updateJobs(changes.filter((change) => !change.isNew)),
      ...answersOf(changes),
      insert('result', changes.filter(({ entry }) => entry.record?.result !== undefined).map(resultRow)),
      forgetSecrets(changes.filter(({ purgeAtMs }) => purgeAtMs !== null)),
      insert('event', this.#events.map(eventRow)),
      insert('audit', this.#audit),
      ...this.#statements,
    ]
    return `BEGIN IMMEDIATE;${statements.filter((sql) => sql !== '').join(';')};COMMIT`
  }

  #change(entry: JobEntry): JobChange {
    let change = this.#changes.get(entry.id)
    if (change === undefined) {
      change = { entry, isNew: false, purgeAtMs: null, dropAnswers: false, answers: [] }
      this.#changes.set(entry.id, change)
    }
    return change
  }
}

const insert = (table: string, rows: readonly (readonly SqlValue[])[]): string =>
  rows.length === 0 ? '' : `INSERT INTO ${table} VALUES${rows.map(tuple).join(',')}`

/** The columns that change, in the order of the `UPDATE` below. */
function changingColumns({ entry, purgeAtMs }: JobChange): readonly SqlValue[] {
  const record = entry.record!
  return [record.node ?? null, entry.attempt, entry.dueMs ?? null, purgeAtMs, stateText(record, entry.holder)]
}

function jobRow(change: JobChange): readonly SqlValue[] {
  const { entry } = change
  const record = entry.record!
  const { request } = record
  return [
    entry.seq,
    entry.id,
    entry.status,
    record.queue,
    request.device.host,
    entry.deviceId,
    request.driver,
    entry.kind,
    entry.lane,
    record.createdAt.getTime(),
    entry.expiresAtMs,
    entry.maxAttempts,
    ...changingColumns(change),
    entry.isErrand ? 1 : 0,
  ]
}

function insertJobs(changes: readonly JobChange[]): readonly string[] {
  const records = changes.map(({ entry }) => ({ seq: entry.seq, record: entry.record! }))
  return [
    insert('job', changes.map(jobRow)),
    insert(
      'request',
      records.map(({ seq, record }) => [seq, jobText(record)]),
    ),
    insert(
      'secret',
      records
        .filter(({ record }) => record.request.sealedConnection !== '')
        .map(({ seq, record }) => [seq, record.request.sealedConnection]),
    ),
    insert(
      'tag',
      records.flatMap(({ seq, record }) => [...new Set(record.tags)].map((tag) => [seq, tag])),
    ),
  ]
}

const updateJobs = (changes: readonly JobChange[]): readonly string[] =>
  changes.map((change) => {
    const [node, attempt, due, purgeAt, state] = changingColumns(change).map(literal)
    return `UPDATE job SET status=${literal(change.entry.status)},node=${node},attempt=${attempt},due=${due},purge_at=${purgeAt},state=${state} WHERE seq=${change.entry.seq}`
  })

function answersOf(changes: readonly JobChange[]): readonly string[] {
  const dropped = changes.filter((change) => change.dropAnswers).map(({ entry }) => entry.seq)
  const rows = changes.flatMap(({ entry, answers }) =>
    answers.map(([n, answer]) => [entry.seq, n, JSON.stringify(answer)]),
  )
  return [dropped.length === 0 ? '' : `DELETE FROM answer WHERE job IN (${dropped.join(',')})`, insert('answer', rows)]
}

const forgetSecrets = (ended: readonly JobChange[]): string =>
  ended.length === 0 ? '' : `DELETE FROM secret WHERE seq IN (${ended.map(({ entry }) => entry.seq).join(',')})`

const resultRow = ({ entry }: JobChange): readonly SqlValue[] => [entry.seq, JSON.stringify(entry.record!.result)]

const eventRow = ({ job, event }: StoredEvent): readonly SqlValue[] => [
  event.sequence,
  job,
  event.jobId,
  event.at.getTime(),
  event.type,
  JSON.stringify(event.data),
]
