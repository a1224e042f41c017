import type { DeviceId, JobId, JobKind, JobStatus } from '@netpulse/core'
import type { Lane } from '../lane.js'
import type { Row } from './database.js'
import { HotState } from './hot-state.js'
import type { JobEntry } from './job-entry.js'
import type { Kernel } from './kernel.js'
import { holderOf } from './record-text.js'

/** Rows per read. */
const pageSize = 2000

function entryOf(row: Row): JobEntry {
  return {
    seq: Number(row['seq']),
    id: row['id'] as JobId,
    deviceId: row['device'] as DeviceId,
    kind: row['kind'] as JobKind,
    lane: row['lane'] as Lane,
    expiresAtMs: Number(row['expires']),
    maxAttempts: Number(row['max_attempts']),
    isErrand: row['errand'] === 1,
    status: row['status'] as JobStatus,
    attempt: Number(row['attempt']),
    record: undefined,
    answers: 0,
  }
}

type Tables = Pick<Kernel, 'jobs' | 'eventTable' | 'holds' | 'db'>

/** Makes memory's picture from the store, page by page, leaving the event loop to others in between. */
export async function loadState(tables: Tables): Promise<HotState> {
  const state = new HotState()
  const numbers = new Map(
    tables.db.read('SELECT name, value FROM meta').map((row) => [row['name'], Number(row['value'])]),
  )
  for (const [status, count] of tables.jobs.counts()) state.counts[status] = count
  const lastEvent = Number(tables.db.read('SELECT max(seq) AS seq FROM event')[0]?.['seq'] ?? 0)
  state.lastJob = Math.max(numbers.get('last_job') ?? 0, tables.jobs.bounds().highest)
  state.lastEvent = lastEvent
  state.oldestEvent = tables.eventTable.oldest() ?? state.lastEvent + 1
  await eachRow(tables, 'queued', (row) => takeQueued(state, row))
  await eachRow(tables, 'started', (row) => takeStarted(state, row, tables))
  for (const hold of tables.holds.all()) state.device(hold.device).hold = hold
  return state
}

async function eachRow(tables: Tables, status: JobStatus, take: (row: Row) => void): Promise<void> {
  for (let after = 0; ;) {
    const rows = tables.jobs.inState(status, after, pageSize)
    for (const row of rows) take(row)
    if (rows.length < pageSize) return
    after = Number(rows.at(-1)!['seq'])
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function takeQueued(state: HotState, row: Row): void {
  const entry = entryOf(row)
  if (row['due'] !== null) entry.dueMs = Number(row['due'])
  state.active.set(entry.id, entry)
  state.enterWaiting(entry, 'end')
}

function takeStarted(state: HotState, row: Row, tables: Tables): void {
  const entry = entryOf(row)
  entry.holder = holderOf(String(row['state']))
  entry.answers = tables.jobs.answerCount(entry.seq)
  state.active.set(entry.id, entry)
  state.enterRunning(entry)
}
