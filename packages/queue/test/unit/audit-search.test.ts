import type { AuditAct } from '@netpulse/core'
import { auditBeginning } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { AuditSealer } from '../../src/audit-seal.js'
import { searchAudit } from '../../src/audit-search.js'

const act = (host: string): AuditAct => ({
  action: 'job.ended',
  actor: { id: 'k1', name: 'rare' },
  ...{ source: null, device: null, host, job: null, outcome: 'succeeded', details: {} },
})

/** A record of so many entries, of which one is about the host `rare`. */
function recordOf(count: number, rare: number) {
  const sealer = new AuditSealer({ number: 0, hash: auditBeginning })
  const lines = Array.from({ length: count }, (_, index) =>
    sealer.seal({ at: new Date(0), act: act(index + 1 === rare ? 'rare' : 'r1') }),
  )
  const asked: number[] = []
  const read = (below: number, limit: number) => {
    asked.push(limit)
    return Promise.resolve([...lines.slice(Math.max(0, Math.min(below, count + 1) - 1 - limit), below - 1)].reverse())
  }
  return { read, asked }
}

describe('a search of the audit record', () => {
  it('looks at a bounded number of entries for one page, and goes on behind them', async () => {
    const { read, asked } = recordOf(20_100, 1)
    const first = await searchAudit(read, { host: 'rare' }, { limit: 10 })
    expect(first).toEqual({ items: [], nextCursor: expect.any(String) as string })
    expect(asked.reduce((sum, limit) => sum + limit)).toBe(20_000)
    const second = await searchAudit(read, { host: 'rare' }, { limit: 10, cursor: first.nextCursor! })
    expect(second.items.map(({ number }) => number)).toEqual([1])
    expect(second.nextCursor).toBeUndefined()
  })

  it('takes a word for what it is about, wherever else it stands', async () => {
    const { read } = recordOf(10, 4)
    const { items } = await searchAudit(read, { host: 'rare', actor: 'k1' }, { limit: 10 })
    expect(items.map(({ number }) => number)).toEqual([4])
  })

  it('gives no cursor with a last page that is full', async () => {
    const { read } = recordOf(4, 1)
    const { items, nextCursor } = await searchAudit(read, {}, { limit: 4 })
    expect([items.length, nextCursor]).toEqual([4, undefined])
  })
})
