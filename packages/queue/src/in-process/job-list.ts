import type { JobRecord } from '@netpulse/core'
import type { JobFilter, Page, PageRequest } from '../backend.js'
import { assertPageLimit, cursorOf, keyOf } from '../page.js'
import type { Condition, JobTable } from './job-table.js'
import type { SqlValue } from './sql-text.js'

/** Keys that one read looks at: bounds how long a rare match can hold the event loop. */
const keysPerRead = 20_000
/** Whole records that are made in one turn. */
const recordsPerTurn = 50

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A page of the jobs that fit, newest first. The cursor is a key, so that newer jobs move nothing. */
export async function listJobs(
  jobs: JobTable,
  filter: JobFilter,
  { limit, cursor }: PageRequest,
  nowMs: number,
): Promise<Page<JobRecord>> {
  assertPageLimit(limit)
  const keys = await findKeys(
    jobs,
    conditionOf(filter, nowMs),
    cursor === undefined ? Infinity : keyOf(cursor),
    limit + 1,
  )
  const items: JobRecord[] = []
  for (const [index, key] of keys.slice(0, limit).entries()) {
    if (index % recordsPerTurn === recordsPerTurn - 1) await nextTurn()
    const record = jobs.findKey(key)
    if (record !== undefined) items.push(record)
  }
  const last = keys[limit - 1]
  return keys.length > limit ? { items, nextCursor: cursorOf(last!) } : { items }
}

async function findKeys(jobs: JobTable, where: Condition, before: number, limit: number): Promise<readonly number[]> {
  const { lowest, highest } = jobs.bounds()
  const keys: number[] = []
  for (let below = Math.min(before, highest + 1); below > lowest && keys.length < limit; below -= keysPerRead) {
    keys.push(...jobs.newest({ below, from: Math.max(lowest, below - keysPerRead) }, where, limit - keys.length))
    await nextTurn()
  }
  return keys
}

function conditionOf(filter: JobFilter, nowMs: number): Condition {
  const parts: [sql: string, values: readonly SqlValue[]][] = [
    ['errand = 0 AND (purge_at IS NULL OR purge_at > ?)', [nowMs]],
  ]
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) parts.push([`${column} = ?`, [value]])
  }
  equal('queue', filter.queue)
  equal('host', filter.host)
  equal('node', filter.node)
  equal('driver', filter.driver)
  equal('device', filter.deviceId)
  if (filter.status !== undefined) {
    parts.push([`status IN (${filter.status.map(() => '?').join(',')})`, filter.status])
  }
  if (filter.since !== undefined) parts.push(['created >= ?', [filter.since.getTime()]])
  if (filter.until !== undefined) parts.push(['created < ?', [filter.until.getTime()]])
  if (filter.tag !== undefined) {
    parts.push(['EXISTS (SELECT 1 FROM tag WHERE tag.job = job.seq AND tag.tag = ?)', [filter.tag]])
  }
  return {
    sql: parts.map(([sql]) => `AND ${sql}`).join(' '),
    values: parts.flatMap(([, values]) => values),
  }
}
