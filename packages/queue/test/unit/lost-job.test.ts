import type { JobRecord } from '@netpulse/core'
import { asDeviceId, fitsOutcome, newJobId } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { decideLostJob } from '../../src/index.js'

const answer = {
  command: 'vlan 7',
  stdout: '',
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata: { host: 'r1', durationSeconds: 0.1, sessionReused: true },
}

const lost = (part: Partial<JobRecord>): JobRecord => ({
  id: newJobId(),
  kind: 'query',
  strategy: 'pinned',
  request: {
    driver: 'cli',
    device: { id: asDeviceId('r1'), host: 'r1', port: 22 },
    operation: { type: 'config', lines: ['vlan 7'] },
    sealedConnection: '',
    driverOptions: {},
    switches: {},
    transcript: false,
    executionTimeoutSeconds: 60,
  },
  createdAt: new Date(0),
  expiresAt: new Date(1000),
  resultTtlSeconds: 60,
  maxAttempts: 3,
  tags: [],
  owner: '',
  deviceId: asDeviceId('r1'),
  status: 'started',
  queue: 'HostQ_r1',
  attempt: 1,
  progress: [answer],
  cancelRequested: false,
  ...part,
})

const kinds = ['modification', 'opaque'] as const
const untouched = [undefined, { phase: 'leased' }, { phase: 'connected' }] as const
const touched = [
  { phase: 'entered_config' },
  { phase: 'line_sent', line: 0 },
  { phase: 'line_acked', line: 0 },
  { phase: 'commit_sent' },
  { phase: 'committed' },
  { phase: 'saved' },
] as const

const hold = { afterUnknownOutcome: 'hold' } as const

describe('a query whose worker was lost', () => {
  it.each([...untouched, ...touched])('goes back while attempts are left, whatever its journal says: %o', (journal) => {
    const job = lost(journal === undefined ? {} : { journal })
    expect(decideLostJob(job, hold)).toEqual({ action: 'requeue' })
  })

  it('fails when no attempt is left, with what the device answered', () => {
    const verdict = decideLostJob(lost({ attempt: 3, journal: { phase: 'line_acked', line: 0 } }), hold)
    expect(verdict).toMatchObject({
      action: 'end',
      ending: { status: 'failed', outcome: 'failed', result: { results: [answer], error: { code: 'CONTACT_LOST' } } },
    })
    expect(verdict).not.toHaveProperty('ending.holdDevice')
  })
})

describe.each(kinds)('a job of kind %s whose worker was lost', (kind) => {
  it.each(untouched)('goes back while nothing was touched and attempts are left: %o', (journal) => {
    const job = lost(journal === undefined ? { kind } : { kind, journal })
    expect(decideLostJob(job, hold)).toEqual({ action: 'requeue' })
  })

  it('fails when nothing was touched and no attempt is left', () => {
    const verdict = decideLostJob(lost({ kind, attempt: 3, journal: { phase: 'connected' } }), hold)
    expect(verdict).toMatchObject({ ending: { status: 'failed', outcome: 'failed' } })
    expect(verdict).not.toHaveProperty('ending.holdDevice')
  })

  it.each(touched)('is never run again once it may have touched the device: %o', (journal) => {
    const verdict = decideLostJob(lost({ kind, journal }), hold)
    expect(verdict).toMatchObject({
      action: 'end',
      ending: {
        status: 'failed',
        outcome: 'unknown',
        result: { results: [answer], error: { code: 'CONTACT_LOST' } },
        holdDevice: expect.any(String),
      },
    })
  })

  it('does not hold the device when the policy is to allow', () => {
    const verdict = decideLostJob(lost({ kind, journal: { phase: 'entered_config' } }), {
      afterUnknownOutcome: 'allow',
    })
    expect(verdict).toMatchObject({ ending: { outcome: 'unknown' } })
    expect(verdict).not.toHaveProperty('ending.holdDevice')
  })

  it('ends canceled when that was asked for and nothing was touched, else unknown', () => {
    const asked = { kind, cancelRequested: true }
    expect(decideLostJob(lost(asked), hold)).toMatchObject({ ending: { status: 'canceled', outcome: 'canceled' } })
    const verdict = decideLostJob(lost({ ...asked, journal: { phase: 'commit_sent' } }), hold)
    expect(verdict).toMatchObject({ ending: { status: 'failed', outcome: 'unknown' } })
  })
})

it('gives endings that the state machine knows', () => {
  for (const kind of ['query', ...kinds] as const) {
    for (const journal of touched) {
      for (const cancelRequested of [false, true]) {
        const verdict = decideLostJob(lost({ kind, journal, cancelRequested, attempt: 3 }), hold)
        expect(verdict.action).toBe('end')
        if (verdict.action === 'end') expect(fitsOutcome(verdict.ending.status, verdict.ending.outcome)).toBe(true)
      }
    }
  }
})
