import { describe, expect, it } from 'vitest'
import type { JobOutcome, JobStatus } from '../../src/job-state.js'
import { assertMove, canMove, fitsOutcome, isFinal, jobStatuses } from '../../src/job-state.js'

/** The table of the state machine, edge by edge. */
const edges: Record<JobStatus, JobStatus[]> = {
  scheduled: ['queued', 'canceled', 'expired'],
  deferred: ['queued', 'canceled', 'expired'],
  queued: ['started', 'canceled', 'expired', 'failed'],
  started: ['queued', 'finished', 'failed', 'canceled', 'stopped'],
  finished: [],
  failed: [],
  canceled: [],
  stopped: [],
  expired: [],
}

const pairs = jobStatuses.flatMap((from) => jobStatuses.map((to) => ({ from, to, allowed: edges[from].includes(to) })))

describe('job states', () => {
  it('knows every state', () => {
    expect([...jobStatuses].sort()).toEqual(Object.keys(edges).sort())
  })

  it.each(pairs)('$from to $to: $allowed', ({ from, to, allowed }) => {
    expect(canMove(from, to)).toBe(allowed)
    if (allowed) assertMove(from, to, 'j1')
    else expect(() => assertMove(from, to, 'j1')).toThrow(`Job j1 is ${from} and cannot become ${to}.`)
  })

  it.each(jobStatuses)('%s is final exactly when it leads nowhere', (status) => {
    expect(isFinal(status)).toBe(edges[status].length === 0)
  })
})

describe('fitsOutcome', () => {
  it.each<[JobStatus, JobOutcome, boolean]>([
    ['finished', 'succeeded', true],
    ['finished', 'refused', true],
    ['finished', 'partial', false],
    ['finished', 'failed', false],
    ['failed', 'failed', true],
    ['failed', 'rolled_back', true],
    ['failed', 'partial', true],
    ['failed', 'unknown', true],
    ['failed', 'succeeded', false],
    ['canceled', 'canceled', true],
    ['canceled', 'unknown', true],
    ['canceled', 'succeeded', false],
    ['stopped', 'partial', true],
    ['expired', 'expired', true],
    ['expired', 'failed', false],
    ['queued', 'succeeded', false],
  ])('%s with %s: %s', (status, outcome, fits) => {
    expect(fitsOutcome(status, outcome)).toBe(fits)
  })
})
