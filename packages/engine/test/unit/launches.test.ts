import type { JobRecord, NewJob } from '@netpulse/core'
import { asTaskId } from '@netpulse/core'
import type { SubmitOutcome, TaskRecord } from '@netpulse/queue'
import { sampleJob } from '@netpulse/queue/testing'
import { describe, expect, it } from 'vitest'
import type { CheckedRequest } from '../../src/submit/checked-request.js'
import { DriverCatalog } from '../../src/submit/driver-catalog.js'
import { Launches } from '../../src/submit/launches.js'
import { plainSealer } from '../support/plain-sealer.js'
import { pluginsOf } from '../support/plugins.js'
import { scriptedManifest, ScriptedNetwork } from '../support/scripted-driver.js'

const now = new Date('2026-03-02T09:00:00Z')
const driver = new DriverCatalog(pluginsOf(scriptedManifest(new ScriptedNetwork()))).get('scripted')

const launchOf = (createdAt = now): NewJob => {
  const job = sampleJob({}, createdAt)
  return { ...job, request: { ...job.request, task: { action: 'launch', taskId: asTaskId('task00000001') } } }
}

const recordOf = (job: NewJob): JobRecord => ({
  ...job,
  deviceId: job.request.device.id,
  status: 'queued',
  queue: 'HostQ_r1',
  attempt: 0,
  progress: [],
  cancelRequested: false,
})

function checkedOf({ request }: NewJob): CheckedRequest {
  const { device, operation } = request
  return {
    request: { driver: 'scripted', connectionArgs: { host: device.host }, detach: true },
    driver,
    device,
    connection: {},
    operation,
    driverOptions: {},
    switches: {},
    kind: 'opaque',
    strategy: 'pinned',
  }
}

const longAgo = new Date(now.getTime() - 200_000)

const cases: readonly { name: string; outcome: SubmitOutcome; keeps: boolean }[] = [
  { name: 'was stored', outcome: { state: 'stored', job: recordOf(launchOf()) }, keeps: true },
  { name: 'found no room', outcome: { state: 'no_capacity' }, keeps: false },
  { name: 'found the queue full', outcome: { state: 'queue_full', retryAfterSeconds: 5 }, keeps: false },
  {
    name: 'was stored by a repetition at the same time',
    outcome: { state: 'duplicate', job: recordOf(launchOf()) },
    keeps: true,
  },
  { name: 'was stored long ago', outcome: { state: 'duplicate', job: recordOf(launchOf(longAgo)) }, keeps: false },
]

describe('the task of a job that', () => {
  it.each(cases)('$name', async ({ outcome, keeps }) => {
    const known = new Map<string, TaskRecord>()
    const registry = {
      add: (task: TaskRecord) => Promise.resolve(!known.has(task.id) && known.set(task.id, task).size > 0),
      remove: (id: string) => Promise.resolve(known.delete(id)),
    }
    const launches = new Launches({ registry, sealer: plainSealer, webhooks: { withTaskWebhook: (task) => task } })
    const job = launchOf()
    launches.add(checkedOf(job), job)
    await launches.register([job])
    expect([...known.keys()], 'it is known before the job is stored').toEqual(['task00000001'])
    await launches.takeBack([job], [outcome])
    expect(known.size).toBe(keeps ? 1 : 0)
  })

  it('another request has registered is left alone', async () => {
    const removed: string[] = []
    const registry = { add: async () => false, remove: async (id: string) => removed.push(id) > 0 }
    const launches = new Launches({ registry, sealer: plainSealer, webhooks: { withTaskWebhook: (task) => task } })
    const job = launchOf()
    launches.add(checkedOf(job), job)
    await launches.register([job])
    await launches.takeBack([job], [{ state: 'no_capacity' }])
    expect(removed).toEqual([])
  })
})
