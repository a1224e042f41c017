import { newJobId } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { Ending } from '../backend.js'
import type { OpenWorld } from './contract.js'
import { aborted, idsOf, lostError, nodeA, success } from './world.js'

const answer = (command: string) => ({
  command,
  stdout: `output of ${command}\nwith 'quotes', "doubles", \\ and \u00e9\u{1f600}\0`,
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata: { host: 'r1', durationSeconds: 0.1, sessionReused: false },
})

const endings: readonly (Ending & { readonly name: string })[] = [
  { name: 'finished, succeeded', ...success },
  { name: 'finished, refused', status: 'finished', outcome: 'refused', result: { results: [answer('x')] } },
  { name: 'failed, failed', status: 'failed', outcome: 'failed', result: { results: [], error: lostError } },
  { name: 'failed, rolled_back', status: 'failed', outcome: 'rolled_back', result: { results: [] } },
  { name: 'failed, partial', status: 'failed', outcome: 'partial', result: { results: [answer('x')] } },
  { name: 'failed, unknown', status: 'failed', outcome: 'unknown', result: { results: [] } },
  { name: 'canceled, canceled', status: 'canceled', outcome: 'canceled', result: { results: [] } },
  { name: 'canceled, partial', status: 'canceled', outcome: 'partial', result: { results: [] } },
  { name: 'stopped, failed', status: 'stopped', outcome: 'failed', result: { results: [] } },
]

// eslint-disable-next-line max-lines-per-function -- a list of tests, each a unit of its own
export function jobsContract(open: OpenWorld): void {
  it('stores a job and answers with its record', async () => {
    const world = await open()
    await world.node()
    const job = world.job({ tags: ['site-1', 'x'] })
    const [outcome] = await world.offer([job])
    expect(outcome).toMatchObject({ state: 'stored', job: { ...job, status: 'queued', attempt: 0, queue: 'HostQ_r1' } })
    expect(await world.get(job.id)).toEqual({
      ...job,
      deviceId: job.request.device.id,
      status: 'queued',
      queue: 'HostQ_r1',
      attempt: 0,
      progress: [],
      cancelRequested: false,
      queuePosition: 0,
    })
  })

  it('answers with one outcome per submission, in order', async () => {
    const world = await open()
    await world.node()
    const jobs = Array.from({ length: 30 }, (_, index) => world.job({ device: `r${index % 7}` }))
    const outcomes = await world.offer(jobs)
    expect(outcomes.map((outcome) => 'job' in outcome && outcome.job.id)).toEqual(jobs.map(({ id }) => id))
  })

  it('takes an id only once, in one call, in another, and after the end', async () => {
    const world = await open()
    await world.node()
    const job = world.job()
    const states = async () => (await world.offer([job])).map(({ state }) => state)
    expect((await world.offer([job, job])).map(({ state }) => state)).toEqual(['stored', 'duplicate'])
    expect(await states()).toEqual(['duplicate'])
    expect(await world.drainDevice()).toEqual([job.id])
    const [again] = await world.offer([job])
    expect(again).toMatchObject({ state: 'duplicate', job: { id: job.id, status: 'finished' } })
    expect(await world.drainDevice()).toEqual([])
  })

  it('finds nothing under an unknown id', async () => {
    const world = await open()
    expect(await world.backend.jobs.find(newJobId())).toBeUndefined()
  })

  it('says started, by whom and since when, before the delivery is seen', async () => {
    const world = await open()
    const { incarnation } = await world.node()
    const { id } = await world.submitOne()
    const delivery = await world.take()
    const started = { id, status: 'started', attempt: 1, node: nodeA, worker: 'worker', startedAt: world.now() }
    expect(delivery.job).toMatchObject(started)
    expect(delivery.claim).toMatchObject({ jobId: id, attempt: 1, incarnation })
    expect(delivery.signal.aborted).toBe(false)
    expect(await world.get(id)).toMatchObject(started)
  })

  it('notes the journal and the answers while the job runs', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne({ kind: 'modification' })
    const { claim } = await world.take()
    await world.backend.jobs.journal(claim, { phase: 'line_sent', line: 0 })
    expect(await world.get(id)).toMatchObject({ journal: { phase: 'line_sent', line: 0 }, progress: [] })
    await world.backend.jobs.journal(claim, { phase: 'line_acked', line: 0 }, [answer('one')])
    await world.backend.jobs.journal(claim, { phase: 'line_acked', line: 2 }, [answer('two'), answer('three')])
    expect(await world.get(id)).toMatchObject({
      journal: { phase: 'line_acked', line: 2 },
      progress: [answer('one'), answer('two'), answer('three')],
    })
  })

  it.each(endings)('ends a job: $name', async ({ name: _, ...ending }) => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne({ kind: 'modification' })
    const { claim } = await world.take()
    await world.backend.jobs.journal(claim, { phase: 'line_acked', line: 0 }, [answer('one')])
    const record = await world.finish(claim, ending)
    expect(record).toMatchObject({ id, ...ending, endedAt: world.now(), progress: [] })
    expect(await world.get(id)).toEqual(record)
    expect((await world.eventsOf(id)).filter(({ type }) => type === 'ended')).toHaveLength(1)
  })

  it('refuses an outcome that does not fit the status, and leaves the job running', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const { claim } = await world.take()
    const wrong = world.finish(claim, { ...success, outcome: 'partial' })
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_TRANSITION' })
    expect(await world.get(id)).toMatchObject({ status: 'started' })
    await world.finish(claim)
  })

  it('keeps a result of several megabytes', async () => {
    const world = await open()
    await world.node()
    await world.submitOne()
    const { claim } = await world.take()
    const big = { ...answer('show tech'), stdout: "it's\n".repeat(800_000) }
    const { id } = await world.finish(claim, { ...success, result: { results: [big] } })
    expect((await world.get(id)).result?.results[0]?.stdout).toBe(big.stdout)
  })

  it('counts jobs by status', async () => {
    const world = await open()
    await world.node()
    await world.submit({}, {}, { device: 'r2' }, { device: 'r2' })
    await world.finish((await world.take('r1')).claim)
    await world.take('r2')
    expect(await world.backend.jobs.counts()).toEqual({
      ...{ scheduled: 0, deferred: 0, canceled: 0, stopped: 0, expired: 0, failed: 0 },
      ...{ queued: 2, started: 1, finished: 1 },
    })
  })

  it('keeps what is sealed for the worker until the job ends, however it ends, and not longer', async () => {
    const world = await open()
    await world.node()
    const [done, canceled] = idsOf(await world.submit({}, {}))
    const delivery = await world.take()
    expect(delivery.job.request.sealedConnection).toBe('sealed')
    await world.finish(delivery.claim)
    await world.backend.jobs.cancel(canceled!)
    for (const id of [done!, canceled!]) expect((await world.get(id)).request.sealedConnection).toBe('')
  })

  it('tells the end of a job to all who wait, those who come late too', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const waits = [world.ended(id), world.ended(id)]
    const { claim } = await world.take()
    waits.push(world.ended(id))
    const record = await world.finish(claim)
    waits.push(world.ended(id))
    expect(await Promise.all(waits)).toEqual([record, record, record, record])
  })

  it('ends a wait by its signal, with the reason, and refuses to wait for an unknown job', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const controller = new AbortController()
    const wait = world.backend.jobs.ended(id, controller.signal)
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(wait).rejects.toBe(reason)
    await expect(world.backend.jobs.ended(id, AbortSignal.abort(reason))).rejects.toBe(reason)
    await expect(world.ended(newJobId())).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })

  it('retries at the head of the order, not before the delay is over, and the later jobs wait', async () => {
    const world = await open()
    const node = await world.node()
    const ids = idsOf(await world.submit({}, {}))
    const first = await world.take()
    await world.backend.jobs.journal(first.claim, { phase: 'connected' }, [answer('one')])
    await world.backend.jobs.retry(first.claim, 4000, lostError)
    const waiting = await world.get(ids[0]!)
    expect(waiting).toMatchObject({ status: 'queued', attempt: 1, progress: [] })
    expect(Object.keys(waiting)).not.toContain('journal')
    expect(await world.tryTake()).toBeUndefined()
    await world.advance(3000)
    expect(await world.tryTake()).toBeUndefined()
    const work = world.nextWork(node)
    await world.advance(1000)
    await work
    const second = await world.take()
    expect(second.job).toMatchObject({ id: ids[0], attempt: 2, progress: [] })
    await world.finish(second.claim)
    expect(await world.drainDevice()).toEqual([ids[1]])
    const types = (await world.eventsOf(ids[0]!)).map(({ type }) => type)
    expect(types).toEqual(['queued', 'started', 'line', 'retrying', 'started', 'ended'])
  })

  it('retries at once without a delay', async () => {
    const world = await open()
    await world.node()
    const ids = idsOf(await world.submit({}, {}))
    await world.backend.jobs.retry((await world.take()).claim, 0, lostError)
    expect(await world.drainDevice()).toEqual(ids)
  })

  it('refuses a retry after the last attempt; the job still runs', async () => {
    const world = await open()
    await world.node()
    await world.submitOne({ maxAttempts: 2 })
    await world.backend.jobs.retry((await world.take()).claim, 0, lostError)
    const { claim } = await world.take()
    const refused = world.backend.jobs.retry(claim, 0, lostError)
    await expect(refused).rejects.toMatchObject({ code: 'ATTEMPTS_USED' })
    await world.finish(claim)
  })

  it('refuses every write with the claim of an earlier attempt or of an ended job', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const stale = (await world.take()).claim
    await world.backend.jobs.retry(stale, 0, lostError)
    const present = (await world.take()).claim
    for (const claim of [stale, { ...present, token: present.token! + 1 }]) await refusesAll(claim)
    await world.finish(present)
    await refusesAll(present)
    expect(await world.get(id)).toMatchObject({ status: 'finished', outcome: 'succeeded' })

    async function refusesAll(claim: typeof stale): Promise<void> {
      const { jobs } = world.backend
      const writes = [
        jobs.journal(claim, { phase: 'connected' }),
        jobs.finish(claim, success),
        jobs.retry(claim, 0, lostError),
      ]
      for (const write of writes) await expect(write).rejects.toMatchObject({ code: 'STALE_CLAIM' })
    }
  })

  it('cancels a waiting job at once', async () => {
    const world = await open()
    await world.node()
    const [first, second] = await world.submit({}, {})
    expect(await world.backend.jobs.cancel(first!.id)).toBe('canceled')
    expect(await world.get(first!.id)).toMatchObject({ status: 'canceled', outcome: 'canceled', endedAt: world.now() })
    expect(await world.drainDevice()).toEqual([second!.id])
    expect((await world.eventsOf(first!.id)).map(({ type }) => type)).toEqual(['queued', 'ended'])
  })

  it('asks a running job to end, once', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const { claim, signal } = await world.take()
    expect(await world.backend.jobs.cancel(id)).toBe('cancel_requested')
    expect(await world.backend.jobs.cancel(id)).toBe('cancel_requested')
    expect(await aborted(signal)).toMatchObject({ code: 'CANCELED' })
    expect(await world.get(id)).toMatchObject({ status: 'started', cancelRequested: true })
    await world.finish(claim, { status: 'canceled', outcome: 'canceled', result: { results: [] } })
    const types = (await world.eventsOf(id)).map(({ type }) => type)
    expect(types).toEqual(['queued', 'started', 'cancel_requested', 'ended'])
  })

  it('ends a job whose cancel was asked for instead of retrying it', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    const { claim } = await world.take()
    await world.backend.jobs.cancel(id)
    await world.backend.jobs.retry(claim, 1000, lostError)
    expect(await world.ended(id)).toMatchObject({ status: 'canceled', outcome: 'canceled' })
  })

  it('says when there is nothing to cancel', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne()
    await world.finish((await world.take()).claim)
    expect(await world.backend.jobs.cancel(id)).toBe('already_final')
    expect(await world.backend.jobs.cancel(newJobId())).toBe('not_found')
  })

  it('frees the order when a retry that is not yet due is canceled', async () => {
    const world = await open()
    const node = await world.node()
    const [first, second] = await world.submit({}, {})
    await world.backend.jobs.retry((await world.take()).claim, 60_000, lostError)
    const work = world.nextWork(node)
    expect(await world.backend.jobs.cancel(first!.id)).toBe('canceled')
    await work
    expect(await world.drainDevice()).toEqual([second!.id])
  })
}
