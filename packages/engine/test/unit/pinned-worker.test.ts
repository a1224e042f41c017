import { asDeviceId, asIncarnation, asNodeId, silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import type { Delivery, Lease } from '@netpulse/queue'
import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import type { JobRunner } from '../../src/run/job-runner.js'
import type { DeviceSessions } from '../../src/sessions/device-sessions.js'
import { PinnedWorker } from '../../src/work/pinned-worker.js'
import { PinnedWorkers } from '../../src/work/pinned-workers.js'
import { WorkerRecord } from '../../src/work/worker-record.js'

const device = asDeviceId('r1')
const lease: Lease = { device, node: asNodeId('n'), incarnation: asIncarnation('i'), token: 1 }
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One worker between a mailbox and sessions that do as told, and the calls that it made. */
class Bench {
  readonly calls: string[] = []
  readonly clock = new FakeClock()
  readonly waiting: string[] = []
  readonly ended: boolean[] = []
  /** Milliseconds until a kept session is due; `undefined`: none is kept. */
  idleMs: number | undefined
  lease = lease
  onRelease: () => Promise<boolean> = async () => true
  onTake: () => Promise<void> = async () => undefined
  onRun: (job: string) => Promise<void> = async () => undefined
  readonly workers = new PinnedWorkers((name, _, onEnd) => this.#make(name, onEnd), lease.incarnation)

  #make(name: typeof device, onEnd: (worker: PinnedWorker, again: boolean) => void): PinnedWorker {
    this.calls.push('make')
    const { clock } = this
    const sessions = {
      size: 0,
      lend: 'pinned',
      lendOnce: 'once',
      closeIdle: async () => this.idleMs,
      closeAll: async () => void this.calls.push('close sessions'),
    }
    const runner = {
      run: async (delivery: Delivery, lend: unknown) => {
        const job = delivery.job as unknown as string
        this.calls.push(`run ${job} ${String(lend)}`)
        await this.onRun(job)
        return 'succeeded'
      },
    }
    return new PinnedWorker({
      device: name,
      incarnation: lease.incarnation,
      runner: runner as unknown as JobRunner,
      mailboxes: { take: () => this.#take() },
      leases: { find: async () => this.lease, release: () => this.onRelease() },
      clock,
      log: silentLogger,
      record: new WorkerRecord({ name: 'w', type: 'pinned', queue: 'q', startedAt: clock.now() }),
      sessions: () => sessions as unknown as DeviceSessions,
      onEnd: (worker, again) => {
        this.ended.push(again)
        onEnd(worker, again)
      },
    })
  }

  async #take(): Promise<Delivery | undefined> {
    await this.onTake()
    const job = this.waiting.shift()
    return job === undefined ? undefined : ({ job: Object.assign(job, { queue: 'q' }) } as unknown as Delivery)
  }
}

const text = (name: string, strategy = 'pinned'): string =>
  Object.assign(new String(name), { strategy }) as unknown as string

describe('a pinned worker', () => {
  it('takes jobs until none is left, then rests with its session', async () => {
    const bench = new Bench()
    bench.idleMs = 1_000
    bench.waiting.push(text('a'), text('b', 'fifo'))
    bench.workers.wake(device)
    await turn()
    expect(bench.calls).toEqual(['make', 'run a pinned', 'run b once'])
    expect([bench.workers.size, bench.clock.pendingTimers]).toEqual([1, 1])
  })

  it('leaves and releases its device when no session is kept', async () => {
    const bench = new Bench()
    bench.waiting.push(text('a'))
    bench.workers.wake(device)
    await turn()
    expect([bench.workers.size, bench.ended, bench.clock.pendingTimers]).toEqual([0, [false], 0])
  })

  it('leaves when its last session has idled too long', async () => {
    const bench = new Bench()
    bench.idleMs = 1_000
    bench.workers.wake(device)
    await turn()
    bench.idleMs = undefined
    await bench.clock.advance(1_000)
    expect(bench.workers.size).toBe(0)
  })

  it('takes what came in while it was leaving', async () => {
    const bench = new Bench()
    let first = true
    bench.onRelease = async () => {
      if (!first) return true
      first = false
      bench.waiting.push(text('late'))
      bench.workers.wake(device)
      return false
    }
    bench.workers.wake(device)
    await turn()
    expect(bench.calls.filter((call) => call !== 'close sessions')).toEqual(['make', 'run late pinned'])
    expect(bench.workers.size).toBe(0)
  })

  it('gives way to a new worker when work comes in the moment that its device is released', async () => {
    const bench = new Bench()
    let first = true
    bench.onRelease = async () => {
      if (first) {
        bench.waiting.push(text('late'))
        bench.workers.wake(device)
      }
      first = false
      return true
    }
    bench.workers.wake(device)
    await turn()
    expect(bench.calls.filter((call) => call !== 'close sessions')).toEqual(['make', 'make', 'run late pinned'])
    expect([bench.ended, bench.workers.size]).toEqual([[true, false], 0])
  })

  it('waits for its wake-up when jobs wait that cannot be taken yet', async () => {
    const bench = new Bench()
    bench.onRelease = async () => false
    bench.workers.wake(device)
    await turn()
    expect([bench.workers.size, bench.clock.pendingTimers]).toEqual([1, 0])
    bench.onRelease = async () => true
    bench.waiting.push(text('due'))
    bench.workers.wake(device)
    await turn()
    expect(bench.calls).toContain('run due pinned')
    expect(bench.workers.size).toBe(0)
  })

  it('closes its sessions when the lease is lost', async () => {
    const bench = new Bench()
    bench.idleMs = 1_000
    bench.onTake = async () => {
      throw queueError('LEASE_LOST', 'x')
    }
    bench.workers.wake(device)
    await turn()
    expect([bench.calls, bench.workers.size, bench.clock.pendingTimers]).toEqual([['make', 'close sessions'], 0, 0])
  })

  it('takes nothing with the lease of another node', async () => {
    const bench = new Bench()
    bench.lease = { ...lease, incarnation: asIncarnation('other') }
    bench.waiting.push(text('a'))
    bench.workers.wake(device)
    await turn()
    expect([bench.waiting.length, bench.workers.size]).toEqual([1, 0])
  })

  it('asks again after a pause when the store failed', async () => {
    const bench = new Bench()
    bench.waiting.push(text('a'))
    let failures = 1
    bench.onTake = async () => {
      if (failures-- > 0) throw queueError('STORE_UNAVAILABLE', 'disk full')
    }
    bench.workers.wake(device)
    await turn()
    expect(bench.calls).toEqual(['make'])
    await bench.clock.advance(1_000)
    expect(bench.calls).toContain('run a pinned')
  })

  it('drains after the job that runs, and starts nothing more', async () => {
    const bench = new Bench()
    bench.idleMs = 1_000
    let go = (): void => undefined
    bench.onRun = () => new Promise((resolve) => (go = resolve))
    bench.waiting.push(text('a'), text('b'))
    bench.workers.wake(device)
    await turn()
    let drained = false
    const draining = bench.workers.drain().then(() => (drained = true))
    await turn()
    expect(drained).toBe(false)
    go()
    await draining
    bench.workers.wake(device)
    await turn()
    expect(bench.calls).toEqual(['make', 'run a pinned', 'close sessions'])
    expect(bench.clock.pendingTimers).toBe(0)
  })
})
