import type { AuditAct, AuditEntry, CommandResult, JobAudit, JobId, JsonObject } from '@netpulse/core'
import { asDeviceId, verifyAudit } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { AuditFilter } from '../audit-log.js'
import type { OpenWorld } from './contract.js'
import type { JobWish, World } from './world.js'
import { nodeA, success } from './world.js'

const audit: JobAudit = { mode: 'full', name: 'ops', source: '192.0.2.7', request: { command: ['show version'] } }
const audited = (wish: JobWish = {}, change: Partial<JobAudit> = {}): JobWish => ({
  ...wish,
  audit: { ...audit, ...change },
})

const actOf = (change: Partial<AuditAct> = {}): AuditAct => ({
  action: 'key.created',
  actor: { id: 'key-9', name: 'root' },
  source: '192.0.2.9',
  device: null,
  host: null,
  job: null,
  outcome: 'succeeded',
  details: { id: 'key-1', name: 'a "name"', list: [], empty: {}, number: 12_345_678_901_234 },
  ...change,
})

/** All lines, oldest first, a few at a time. */
async function linesOf(world: World, limit = 3): Promise<readonly string[]> {
  const texts: string[] = []
  for (let after = 0; ;) {
    const lines = await world.backend.audit.lines(after, limit)
    texts.push(...lines.map(({ text }) => text))
    if (lines.length < limit) return texts
    after = lines.at(-1)!.number
  }
}

/** All entries, oldest first, after they were found to be a chain. */
async function entriesOf(world: World): Promise<readonly AuditEntry[]> {
  const lines = await linesOf(world)
  const report = await verifyAudit(lines, { head: (await world.backend.audit.head()).hash })
  expect(report.problems).toEqual([])
  return lines.map((line) => JSON.parse(line) as AuditEntry)
}

const actionsOf = async (world: World, job: JobId): Promise<readonly string[]> =>
  (await entriesOf(world)).filter((entry) => entry.job === job).map(({ action, outcome }) => `${action} ${outcome}`)

const answer = (stdout: string, command = 'show version'): CommandResult => ({
  command,
  stdout,
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata: { host: 'r1', durationSeconds: 0.1, sessionReused: false },
})

/** Runs a job to its end with these answers; its last entry. */
async function endOf(world: World, wish: JobWish, results: readonly CommandResult[]): Promise<AuditEntry> {
  const { id, request } = await world.submitOne(wish)
  const { claim } = await world.take(request.device.id)
  await world.finish(claim, { ...success, result: { results } })
  const entry = (await entriesOf(world)).at(-1)!
  expect([entry.job, entry.action]).toEqual([id, 'job.ended'])
  return entry
}

export function auditContract(open: OpenWorld): void {
  jobTests(open)
  endTests(open)
  contentTests(open)
  actTests(open)
  listTests(open)
}

function jobTests(open: OpenWorld): void {
  it('begins empty', async () => {
    const world = await open()
    expect(await world.backend.audit.head()).toEqual({ number: 0, hash: '0'.repeat(64) })
    expect(await linesOf(world)).toEqual([])
    expect(await world.backend.audit.list({}, { limit: 10 })).toEqual({ items: [] })
  })

  it('puts in nothing for a job that does not carry it', async () => {
    const world = await open()
    await world.node()
    await world.submitOne()
    await world.drainDevice()
    expect((await world.backend.audit.head()).number).toBe(0)
  })

  it('puts in who had which job accepted, and how it ended', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne(audited())
    const acceptedAt = world.now().toISOString()
    const { claim, job } = await world.take()
    await world.advance(1500)
    await world.finish(claim, { ...success, result: { results: [answer('17.3')] } })
    const common = {
      actor: { id: 'key-1', name: 'ops' },
      source: '192.0.2.7',
      ...{ device: 'r1', host: 'r1', job: id },
    }
    const details = { mode: 'full', kind: 'query', driver: 'cli' }
    const [accepted, ended] = await entriesOf(world)
    expect(accepted).toMatchObject({ number: 1, at: acceptedAt, action: 'job.accepted', outcome: null, ...common })
    expect(accepted!.details).toEqual({ ...details, request: { command: ['show version'] } })
    expect(ended).toMatchObject({ number: 2, at: world.now().toISOString(), action: 'job.ended', ...common })
    expect(ended!.outcome).toBe('succeeded')
    expect(ended!.details).toEqual({
      ...details,
      ...{ status: 'finished', error: null, started_at: job.startedAt!.toISOString(), duration: 1.5, attempts: 1 },
      ...{ node: nodeA, worker: 'worker' },
      results: [{ command: 'show version', exit_status: 0, failure: null, stdout: '17.3' }],
      omitted: 0,
    })
  })

  it('keeps the masked request in the entry alone', async () => {
    const world = await open()
    await world.node()
    const { id, audit: kept } = await world.submitOne(audited())
    expect(kept).toEqual({ mode: 'full', name: 'ops', source: '192.0.2.7' })
    expect((await world.get(id)).audit).toEqual(kept)
  })

  it('puts in one entry for a job that is submitted again, and none for one that finds no room', async () => {
    const world = await open({ maxQueuedPerDevice: 1, maxQueued: 10, leaseTtlMs: 15_000 })
    await world.node(nodeA, 1)
    const job = world.job(audited())
    for (const state of ['stored', 'duplicate'])
      expect((await world.offer([job])).map((outcome) => outcome.state)).toEqual([state])
    expect((await world.offer([world.job(audited())]))[0]!.state).toBe('queue_full')
    expect((await world.offer([world.job(audited({ device: 'r2' }))]))[0]!.state).toBe('no_capacity')
    expect((await entriesOf(world)).map((entry) => entry.job)).toEqual([job.id])
  })
}

function endTests(open: OpenWorld): void {
  it('puts in a cancel of a waiting job', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne(audited())
    for (const said of ['canceled', 'already_final']) expect(await world.backend.jobs.cancel(id)).toBe(said)
    expect(await actionsOf(world, id)).toEqual(['job.accepted null', 'job.ended canceled'])
  })

  it('puts in an expiry', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne(audited({ ttlSeconds: 60 }))
    await world.advance(61_000)
    await world.ended(id)
    expect(await actionsOf(world, id)).toEqual(['job.accepted null', 'job.ended expired'])
  })

  it('puts in the end of a job whose cancel was asked for before its retry, with the error', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne(audited())
    const { claim } = await world.take()
    await world.backend.jobs.cancel(id)
    const error = { code: 'SESSION_LOST', kind: 'unavailable', message: 'lost', retryable: true } as const
    await world.backend.jobs.retry(claim, 0, error)
    expect(await actionsOf(world, id)).toEqual(['job.accepted null', 'job.ended canceled'])
    expect((await entriesOf(world)).at(-1)!.details['error']).toEqual({ code: 'SESSION_LOST', message: 'lost' })
  })

  it('puts in the verdict about a lost job, once, whoever reaps', async () => {
    const world = await open()
    const node = await world.node()
    const { id } = await world.submitOne(audited({ kind: 'modification' }))
    await world.take()
    world.silence(node)
    await world.advanceSilently(16_000)
    const error = { code: 'CONTACT_LOST', kind: 'unavailable', message: 'gone', retryable: false } as const
    const ending = { status: 'failed', outcome: 'unknown', result: { results: [answer('half')], error } } as const
    for (let times = 0; times < 2; times++) await world.backend.nodes.reap(() => ({ action: 'end', ending }), [nodeA])
    expect(await actionsOf(world, id)).toEqual(['job.accepted null', 'job.ended unknown'])
    const { details } = (await entriesOf(world)).at(-1)!
    expect(details).toMatchObject({ error: { code: 'CONTACT_LOST', message: 'gone' }, results: [{ stdout: 'half' }] })
  })

  it('puts in nothing for a claim that is stale, and one end for all attempts', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne(audited())
    const first = await world.take()
    await world.backend.jobs.retry(first.claim, 0, { code: 'X', kind: 'timeout', message: 'x', retryable: true })
    const second = await world.take()
    await expect(world.finish(first.claim)).rejects.toMatchObject({ code: 'STALE_CLAIM' })
    await world.finish(second.claim)
    expect(await actionsOf(world, id)).toEqual(['job.accepted null', 'job.ended succeeded'])
    expect((await entriesOf(world)).at(-1)!.details).toMatchObject({ attempts: 2, status: 'finished' })
  })
}

function contentTests(open: OpenWorld): void {
  it('keeps no results in the mode metadata', async () => {
    const world = await open()
    await world.node()
    const { details } = await endOf(world, audited({}, { mode: 'metadata' }), [answer('17.3')])
    expect(details).toMatchObject({ mode: 'metadata', status: 'finished' })
    expect(Object.keys(details)).not.toContain('results')
  })

  it('cuts what is long', async () => {
    const world = await open()
    await world.node()
    const long = 'x'.repeat(100_000)
    const results = [answer('ok', 'show clock'), ...Array.from({ length: 9 }, () => answer(long))]
    const { details } = await endOf(world, audited(), results)
    const kept = details['results'] as readonly JsonObject[]
    expect(kept[0]).toMatchObject({ command: 'show clock', stdout: 'ok' })
    expect(kept[1]!['stdout']).toBe(`${'x'.repeat(4096)}[cut: 100000 characters in all]`)
    expect(JSON.stringify(details).length).toBeLessThan(20_000)
    expect(kept.length + (details['omitted'] as number)).toBe(10)
  })

  it('keeps any text as it is', async () => {
    const world = await open()
    await world.node()
    const text = `'); DROP TABLE audit;-- \u2028 é "q" \\ \u0001 \ud83d\ude00 \ud800`
    const { details } = await endOf(world, audited({}, { name: text }), [answer(text)])
    expect((details['results'] as readonly JsonObject[])[0]!['stdout']).toBe(text)
    expect((await entriesOf(world)).map(({ actor }) => actor.name)).toEqual([text, text])
  })
}

function actTests(open: OpenWorld): void {
  it('puts in other acts, in the order in which they were done', async () => {
    const world = await open()
    await world.backend.audit.append(actOf())
    await world.advance(1000)
    await world.backend.audit.append(actOf({ action: 'hold.released', device: 'r1', host: 'r1' }))
    const entries = await entriesOf(world)
    expect(entries.map(({ action }) => action)).toEqual(['key.created', 'hold.released'])
    expect(entries[0]).toMatchObject({
      ...actOf(),
      number: 1,
      at: new Date(world.now().getTime() - 1000).toISOString(),
    })
  })

  it('numbers what is done at once one after the other', async () => {
    const world = await open()
    await world.node()
    const acts = Array.from({ length: 40 }, (_, index) => world.backend.audit.append(actOf({ host: `h${index}` })))
    const jobs = Array.from({ length: 10 }, (_, index) => world.submit(audited({ device: `d${index}` })))
    const questions = [world.backend.audit.head(), world.backend.audit.list({}, { limit: 5 }), linesOf(world)]
    await Promise.all([...acts, ...jobs, ...questions])
    expect((await entriesOf(world)).map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })
}

function listTests(open: OpenWorld): void {
  const numbers = async (world: World, filter: AuditFilter): Promise<readonly number[]> =>
    (await world.backend.audit.list(filter, { limit: 100 })).items.map(({ number }) => number)

  it('lists the newest first, page by page, whatever comes in between', async () => {
    const world = await open()
    for (let times = 0; times < 5; times++) await world.backend.audit.append(actOf())
    const { items, nextCursor } = await world.backend.audit.list({}, { limit: 2 })
    await world.backend.audit.append(actOf())
    const rest = await world.backend.audit.list({}, { limit: 3, cursor: nextCursor! })
    expect([items, rest.items].map((page) => page.map(({ number }) => number))).toEqual([
      [5, 4],
      [3, 2, 1],
    ])
    expect(rest.nextCursor).toBeUndefined()
    await expect(world.backend.audit.list({}, { limit: 2, cursor: 'x' })).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    })
  })

  it('lists what fits all that is said', async () => {
    const world = await open()
    await world.node()
    await world.backend.audit.append(actOf({ actor: { id: 'key-1', name: 'key-9' }, host: 'r1' }))
    await world.advance(1000)
    const { id } = await world.submitOne(audited({ device: 'site/r1' }))
    const since = world.now()
    await world.advance(1000)
    await world.backend.jobs.cancel(id)
    expect(await numbers(world, {})).toEqual([3, 2, 1])
    expect(await numbers(world, { actor: 'key-9' })).toEqual([])
    expect(await numbers(world, { actor: 'key-1', host: 'r1' })).toEqual([1])
    expect(await numbers(world, { device: asDeviceId('site/r1') })).toEqual([3, 2])
    expect(await numbers(world, { job: id, outcome: 'canceled' })).toEqual([3])
    expect(await numbers(world, { action: 'job.accepted' })).toEqual([2])
    expect(await numbers(world, { since })).toEqual([3, 2])
    expect(await numbers(world, { until: since })).toEqual([1])
  })
}

/** What a backend keeps that was made with `fewAuditEntries`. */
export function auditRetentionContract(open: OpenWorld): void {
  it('drops the oldest when there are too many, and what is left is a chain', async () => {
    const world = await open()
    for (let times = 0; times < 60; times++) {
      await world.backend.audit.append(actOf())
      await world.advance(1000)
    }
    await world.advance(5000)
    const entries = await entriesOf(world)
    expect(entries.length).toBeLessThanOrEqual(42)
    expect(entries.length).toBeGreaterThanOrEqual(38)
    expect(entries[0]!.number).toBeGreaterThan(20)
    const cuts = entries.filter(({ action }) => action === 'audit.cut')
    expect(cuts.at(-1)!.details).toEqual({
      from: expect.any(Number) as number,
      to: entries[0]!.number - 1,
      hash: entries[0]!.previous,
    })
  })

  it('drops what is too old, also when nothing else happens', async () => {
    const world = await open()
    for (let times = 0; times < 10; times++) await world.backend.audit.append(actOf())
    await world.advance(300_000)
    await world.backend.audit.append(actOf({ host: 'young' }))
    await world.advance(370_000)
    expect((await entriesOf(world)).map(({ number, action }) => `${number} ${action}`)).toEqual([
      '11 key.created',
      '12 audit.cut',
    ])
    await world.advance(600_000)
    expect((await entriesOf(world)).map(({ number, action }) => `${number} ${action}`)).toEqual([
      '12 audit.cut',
      '13 audit.cut',
    ])
  })
}

/** What a new process finds. */
export function auditRestartContract(open: OpenWorld): void {
  it('goes on where the chain ended', async () => {
    const world = await open()
    await world.node()
    const { id } = await world.submitOne(audited())
    await world.backend.audit.append(actOf())
    const before = await linesOf(world)
    await world.reopen()
    await world.backend.audit.append(actOf({ host: 'later' }))
    await world.backend.jobs.cancel(id)
    const entries = await entriesOf(world)
    expect((await linesOf(world)).slice(0, 2)).toEqual(before)
    expect(entries.map(({ action }) => action)).toEqual(['job.accepted', 'key.created', 'key.created', 'job.ended'])
    expect(entries.at(-1)!.actor).toEqual({ id: 'key-1', name: 'ops' })
  })
}
