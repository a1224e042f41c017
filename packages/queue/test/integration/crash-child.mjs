// A worker process that is killed at any moment: it submits, starts, journals and finishes jobs, and writes a line for
// each step only after the backend acknowledged it. Uses the built package, as a user's process does.
import { writeSync } from 'node:fs'
import { asDeviceId, asNodeId, newIncarnation, newJobId } from '@netpulse/core'
import { createInProcessBackend, decideLostJob } from '@netpulse/queue'

const [store, firstNumber] = process.argv.slice(2)
const node = asNodeId('node')
const incarnation = newIncarnation()
const backend = createInProcessBackend({ store })
const say = (...words) => writeSync(1, `${words.join(' ')}\n`)
const devices = ['r1', 'r2', 'r3', 'r4']
const success = { status: 'finished', outcome: 'succeeded', result: { results: [] } }

function job(device, number, strategy) {
  const now = Date.now()
  return {
    id: newJobId(),
    kind: strategy === 'pinned' && number % 2 === 0 ? 'modification' : 'query',
    strategy,
    request: {
      driver: 'cli',
      device: { id: asDeviceId(device), host: device, port: 22 },
      operation: { type: 'command', commands: ['x'.repeat(500)] },
      sealedConnection: '',
      driverOptions: {},
      switches: {},
      transcript: false,
      executionTimeoutSeconds: 60,
    },
    createdAt: new Date(now),
    expiresAt: new Date(now + 3_600_000),
    resultTtlSeconds: 3600,
    maxAttempts: 100,
    tags: [`n${number}`],
    owner: '',
  }
}

async function work(device) {
  const lease = await backend.leases.find(asDeviceId(device))
  if (lease === undefined) return
  for (let next; (next = await backend.mailboxes.take(lease, 'pinned')) !== undefined;) {
    say('started', next.job.id, next.job.attempt)
    if (next.job.kind === 'modification') await backend.jobs.journal(next.claim, { phase: 'entered_config' })
    await backend.jobs.finish(next.claim, success)
    say('finished', next.job.id)
  }
}

await backend.start()
await backend.nodes.register(
  { node, incarnation, hostname: 'h', pid: process.pid, capacity: 10, startedAt: new Date() },
  () => [],
)
const busy = new Set()
backend.mailboxes.onWork(incarnation, (device) => {
  if (busy.has(device)) return
  busy.add(device)
  void work(device).finally(() => busy.delete(device))
})
await backend.work.consume({ node, incarnation, worker: 'fifo', concurrency: 3 }, async ({ job: { id }, claim }) => {
  await backend.jobs.finish(claim, success)
  say('finished', id)
})
const report = await backend.nodes.reap((lost) => decideLostJob(lost, { afterUnknownOutcome: 'allow' }), [node])
for (const id of report.ended) say('ended', id)
for (let number = Number(firstNumber); ; number++) {
  const jobs = [...devices.map((device) => job(device, number, 'pinned')), job('r9', number, 'fifo')]
  const outcomes = await backend.jobs.submit(jobs.map((each) => ({ job: each, nodes: [node] })))
  for (const { job: stored } of outcomes) say('stored', stored.id, stored.deviceId, number)
}
