import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Incarnation, JobId, NodeId } from '@netpulse/core'
import { asJobId, asNodeId, isFinal, newIncarnation } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { QueueBackend } from '../../src/index.js'
import { createInProcessBackend, decideLostJob } from '../../src/index.js'

const child = fileURLToPath(new URL('crash-child.mjs', import.meta.url))
const rounds = 12

/** What the killed processes were told, over all rounds. */
class Ledger {
  readonly stored = new Map<JobId, { readonly device: string; readonly number: number }>()
  readonly finished = new Set<JobId>()
  /** Devices' jobs in the order in which they were finished. */
  readonly order: JobId[] = []
  lastNumber = 0

  note(line: string): void {
    const [what, id, device, number] = line.split(' ')
    const jobId = asJobId(id!)
    if (what === 'stored') {
      this.stored.set(jobId, { device: device!, number: Number(number) })
      this.lastNumber = Math.max(this.lastNumber, Number(number))
    }
    if (what === 'finished') {
      this.finished.add(jobId)
      this.order.push(jobId)
    }
  }
}

let store: string

beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'netpulse-crash-'))
})

afterEach(() => rm(store, { recursive: true, force: true }))

/** Runs the child until it has said so many lines, then kills it; what it still said counts. */
async function runAndKill(ledger: Ledger, lines: number): Promise<void> {
  const worker = spawn(process.execPath, [child, store, String(ledger.lastNumber + 1)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(worker, 'exit')
  let left = lines
  for await (const line of createInterface({ input: worker.stdout })) {
    ledger.note(line)
    if (--left === 0) worker.kill('SIGKILL')
  }
  // It did not die of anything else.
  expect(await exit).toEqual([null, 'SIGKILL'])
}

async function check(backend: QueueBackend, ledger: Ledger): Promise<void> {
  for (const id of ledger.stored.keys()) {
    const job = await backend.jobs.find(id)
    expect(job, `acknowledged job ${id}`).toBeDefined()
    if (ledger.finished.has(id)) expect(job).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    if (isFinal(job!.status)) expect(await endsOf(backend, id)).toBe(1)
  }
}

async function endsOf(backend: QueueBackend, jobId: JobId): Promise<number> {
  let ends = 0
  for await (const { type } of backend.jobs.events({ jobId, signal: AbortSignal.timeout(5000) })) {
    if (type === 'ended') ends++
  }
  return ends
}

/** Finishes everything that is left, in the order of each device. */
async function finishAll(backend: QueueBackend, ledger: Ledger): Promise<void> {
  const node = asNodeId('last')
  const incarnation = newIncarnation()
  await register(backend, node, incarnation)
  await backend.nodes.reap((job) => decideLostJob(job, { afterUnknownOutcome: 'allow' }), [node])
  for (const lease of await backend.leases.heldBy(incarnation)) {
    for (let next = await backend.mailboxes.take(lease, 'w'); next; next = await backend.mailboxes.take(lease, 'w')) {
      await backend.jobs.finish(next.claim, { status: 'finished', outcome: 'succeeded', result: { results: [] } })
      ledger.order.push(next.job.id)
    }
  }
  const consumer = { node, incarnation, worker: 'w', concurrency: 5 }
  const loop = await backend.work.consume(consumer, async ({ claim }) => {
    await backend.jobs.finish(claim, { status: 'finished', outcome: 'succeeded', result: { results: [] } })
  })
  const signal = AbortSignal.timeout(10_000)
  await Promise.all([...ledger.stored.keys()].map((id) => backend.jobs.ended(id, signal)))
  await loop.drain()
}

const register = (backend: QueueBackend, node: NodeId, incarnation: Incarnation): Promise<void> =>
  backend.nodes.register(
    { node, incarnation, hostname: 'h', pid: process.pid, capacity: 10, startedAt: new Date() },
    () => [],
  )

describe('in-process backend on a folder', () => {
  it('loses nothing that was acknowledged when its process is killed at any moment', { timeout: 60_000 }, async () => {
    const ledger = new Ledger()
    for (let round = 0; round < rounds; round++) {
      await runAndKill(ledger, 1 + Math.floor(Math.random() * 400))
      // The killed holder's lock is taken over.
      const backend = createInProcessBackend({ store })
      await backend.start()
      await check(backend, ledger)
      await backend.stop()
    }
    const backend = createInProcessBackend({ store })
    await backend.start()
    await finishAll(backend, ledger)
    await check(backend, ledger)
    const counts = await backend.jobs.counts()
    expect(counts).toMatchObject({ queued: 0, started: 0, canceled: 0, expired: 0 })
    expect(ledger.stored.size).toBeGreaterThan(rounds)
    await backend.stop()

    // Each device's jobs ended in the order of their submits, over all deaths.
    for (const device of ['r1', 'r2', 'r3', 'r4']) {
      const entries = ledger.order.map((id) => ledger.stored.get(id)).filter((entry) => entry?.device === device)
      const numbers = entries.map((entry) => entry!.number)
      expect(numbers, device).toEqual([...numbers].sort((a, b) => a - b))
    }
  })
})
