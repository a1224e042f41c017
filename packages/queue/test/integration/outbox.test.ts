import type { NewJob } from '@netpulse/core'
import { asNodeId, newIncarnation, webhookEndEvents } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import type { QueueBackend } from '../../src/index.js'
import { createInProcessBackend } from '../../src/index.js'
import { sampleJob, success } from '../../src/testing/index.js'

const node = asNodeId('n')
let backend: QueueBackend | undefined
afterEach(() => backend?.stop())

const withWebhook = (job: NewJob): NewJob => ({
  ...job,
  request: {
    ...job.request,
    webhook: {
      name: 'basic',
      events: webhookEndEvents,
      origin: 'https://hooks.example.net',
      timeoutSeconds: 5,
      maxRetries: 0,
      retryIntervalsSeconds: [10],
      sealedTarget: 'sealed',
    },
  },
})

describe('the outbox in one process', () => {
  it('keeps the latest dead deliveries only, and drops the job of an older one with it', async () => {
    const clock = new FakeClock()
    backend = createInProcessBackend({ store: 'memory:', clock, leaseTtlMs: 10_000_000, outbox: { maxDead: 20 } })
    await backend.start()
    const info = { node, incarnation: newIncarnation(), hostname: 'h', pid: 1, capacity: 9, startedAt: clock.now() }
    await backend.nodes.register(info, () => [])
    const jobs = Array.from({ length: 25 }, () => withWebhook(sampleJob({ resultTtlSeconds: 60 }, clock.now())))
    await backend.jobs.submit(jobs.map((job) => ({ job, nodes: [node] })))
    const lease = (await backend.leases.find(jobs[0]!.request.device.id))!
    for (const _ of jobs) await backend.jobs.finish((await backend.mailboxes.take(lease, 'w'))!.claim, success)
    const due = await backend.outbox.claim({ most: 25, perOrigin: 25, busy: new Map() })
    const attempt = { at: clock.now(), durationMs: 1, delivered: false, status: 500 }
    for (const delivery of due) await backend.outbox.settle(delivery, { state: 'dead', attempt })
    const { items } = await backend.outbox.dead({ limit: 100 })
    expect(items.map(({ id }) => id)).toEqual(
      due
        .slice(5)
        .map(({ delivery }) => delivery.id)
        .reverse(),
    )
    await clock.advance(61_000)
    const kept: boolean[] = []
    for (const { job } of due) kept.push((await backend.jobs.find(job.id)) !== undefined)
    expect(kept).toEqual(due.map((_, index) => index >= 5))
    expect(clock.pendingTimers).toBeLessThan(10)
  })
})
