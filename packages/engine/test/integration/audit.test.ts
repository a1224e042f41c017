import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AuditEntry, JobId, JsonObject } from '@netpulse/core'
import { verifyAudit } from '@netpulse/core'
import { afterEach, describe, expect, it } from 'vitest'
import { redisSource, startRedis } from '../../../../tools/test/redis-server.mjs'
import type { NetPulse, NetPulseOptions, SubmitRequest } from '../../src/index.js'
import { createNetPulse } from '../../src/index.js'
import { auditedHostKeys } from '../../src/audit/audited-host-keys.js'
import type { BenchOptions } from '../support/engine-bench.js'
import { request, run, startBench } from '../support/engine-bench.js'
import { SecretShelf } from '../support/secret-shelf.js'
import { ScriptedNetwork } from '../support/scripted-driver.js'

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function bench(options: BenchOptions = {}) {
  const network = new ScriptedNetwork()
  const engine = await startBench(network, { audit: { enabled: true }, ...options })
  ends.push(() => engine.close())
  return { engine, network }
}

/** All entries, oldest first, after they were found to be a chain. */
async function entriesOf({ audit }: NetPulse): Promise<readonly AuditEntry[]> {
  const texts: string[] = []
  for (let after = 0; ;) {
    const lines = await audit!.lines(after, 500)
    texts.push(...lines.map(({ text }) => text))
    if (lines.length < 500) break
    after = lines.at(-1)!.number
  }
  expect((await verifyAudit(texts)).problems).toEqual([])
  return texts.map((text) => JSON.parse(text) as AuditEntry)
}

const textOf = async (netpulse: NetPulse): Promise<string> => JSON.stringify(await entriesOf(netpulse))

describe('the audit record of an engine', () => {
  it('says who had what done, with the masked request and the results', async () => {
    const { engine } = await bench()
    const asked = request('r1', {
      command: 'show x',
      owner: 'key-1',
      tags: ['t'],
      connectionArgs: { host: 'r1', password: 'pa55word', site: 'lab' },
    })
    const { id } = await engine.submit(asked, { actor: { name: 'ops', source: '192.0.2.7' } })
    await engine.wait(id)
    const [accepted, ended] = await entriesOf(engine)
    const common = { actor: { id: 'key-1', name: 'ops' }, source: '192.0.2.7', device: 'lab/r1', host: 'r1', job: id }
    expect(accepted).toMatchObject({ ...common, action: 'job.accepted' })
    expect(accepted!.details).toEqual({
      ...{ mode: 'full', kind: 'query', driver: 'scripted' },
      request: {
        connection_args: { username: 'admin', password: '[redacted]', timeout: 10 },
        driver_args: { read_timeout: 30 },
        ...{ save: false, dry_run: false },
        command: ['show x'],
        device_type: 'acme_os',
        queue_strategy: 'pinned',
        tags: ['t'],
      },
    })
    expect(ended).toMatchObject({ ...common, action: 'job.ended', outcome: 'succeeded' })
    expect(ended!.details).toMatchObject({ status: 'finished', results: [{ command: 'show x', exit_status: 0 }] })
  })

  it('keeps less, or nothing, when the request says so', async () => {
    const { engine } = await bench()
    await run(engine, 'r1', { command: 'show x', auditMode: 'metadata' })
    await run(engine, 'r1', { command: 'show y', auditMode: 'none' })
    const entries = await entriesOf(engine)
    expect(entries.map(({ action }) => action)).toEqual(['job.accepted', 'job.ended'])
    expect(entries[1]!.details).not.toHaveProperty('results')
    expect(JSON.stringify(entries)).not.toContain('show y')
  })

  it('refuses to keep nothing where the operator says so', async () => {
    const { engine } = await bench({ audit: { enabled: true, allowNone: false } })
    await expect(engine.submit(request('r1', { command: 'show x', auditMode: 'none' }))).rejects.toMatchObject({
      code: 'AUDIT_REQUIRED',
      kind: 'denied',
    })
    const [{ error } = { error: undefined }] = (await engine.submitMany([
      request('r1', { command: 'show x', auditMode: 'none' }),
    ])) as readonly { error: { code: string } }[]
    expect(error?.code).toBe('AUDIT_REQUIRED')
    expect(await entriesOf(engine)).toEqual([])
  })

  it.each([
    { name: 'a memory store that says nothing', options: {}, on: false },
    { name: 'a memory store that wants it', options: { audit: { enabled: true } }, on: true },
    { name: 'a durable store that says nothing', options: { setup: { durable: true } }, on: true },
    {
      name: 'a durable store that does not want it',
      options: { setup: { durable: true }, audit: { enabled: false } },
      on: false,
    },
  ])('is on: $on, for $name', async ({ options, on }) => {
    const engine = await startBench(new ScriptedNetwork(), options)
    ends.push(() => engine.close())
    await run(engine, 'r1', { command: 'show x' })
    expect(engine.audit !== undefined).toBe(on)
    if (on) expect(await entriesOf(engine)).toHaveLength(2)
  })

  it('has no secret of the request, wherever it stands', async () => {
    const { engine, network } = await bench()
    network.device('r1').on('show x', { do: 'say', text: 'it says s3cret-value here' })
    const secret: Partial<SubmitRequest> = {
      connectionArgs: {
        host: 'r1',
        username: 's3cret-value',
        password: 's3cret-value',
        jump_hosts: [{ host: 'hop', password: 'hop-s3cret' }],
      },
      command: ['show x', 'show s3cret-value hop-s3cret'],
      driverArgs: { answer: 'answer-s3cret' },
      tags: ['s3cret-value'],
      webhook: { url: 'https://hooks.example.net/path-s3cret?x=1', headers: { 'x-key': 'head-s3cret' } },
    }
    await run(engine, 'r1', secret)
    await run(engine, 'r1', { config: ['snmp-server community c0mmunity RO', 'enable secret 5 h4sh'] })
    const text = await textOf(engine)
    for (const word of ['https://hooks.example.net', 'show [redacted]', 'says [redacted] here', 'snmp-server'])
      expect(text).toContain(word)
    for (const word of ['s3cret', 'c0mmunity', 'h4sh']) expect(text).not.toContain(word)
  })

  it.each(['worker', 'controller'] as const)('has no value of a credential that the %s resolves', async (resolve) => {
    const shelf = new SecretShelf()
    shelf.secrets.set('core', { username: 'n4me-of-shelf', password: 'pa55word-of-shelf' })
    const { engine } = await bench({
      credentials: { resolve },
      setup: { credentials: shelf.resolver({}) },
    })
    const credential = { ref: 'core', fieldMapping: { username: 'password', password: 'password' } }
    const asked = { driver: 'scripted', connectionArgs: { host: 'r1' }, credential, command: 'show x' }
    await engine.wait((await engine.submit(asked)).id)
    const text = await textOf(engine)
    expect(text).not.toContain('pa55word-of-shelf')
    expect(JSON.parse(text)[0].details.request.credential).toEqual({
      ref: 'core',
      field_mapping: { username: 'password', password: 'password' },
    })
  })

  it('keeps a bounded part of a long configuration', async () => {
    const { engine } = await bench()
    const config = Array.from({ length: 5000 }, (_, index) => `description ${index}`)
    await run(engine, 'r1', { config })
    const [accepted, ended] = await entriesOf(engine)
    const { config: kept, omitted } = accepted!.details['request'] as { config: string[]; omitted: number }
    expect([kept[0], kept.length + omitted]).toEqual(['description 0', 5000])
    expect(JSON.stringify([accepted, ended]).length).toBeLessThan(60_000)
  })
})

describe('host keys of sessions', () => {
  it('that are trusted on first use, or not checked at all, are in the record', async () => {
    const { engine } = await bench()
    const pinned = new Map<string, { type: string; fingerprint: string }>()
    const keys = auditedHostKeys(
      {
        find: async (address) => {
          const key = pinned.get(address)
          return key && { address, ...key, firstSeenAt: new Date() }
        },
        pin: async (address, key) => {
          if (!pinned.has(address)) pinned.set(address, key)
          return { address, ...pinned.get(address)!, firstSeenAt: new Date() }
        },
        replace: async (address, key) => ({ address, ...key, firstSeenAt: new Date() }),
        remove: async () => true,
        list: async () => [],
      },
      engine.audit!,
    )
    await keys.pin('r1:22', { type: 'ssh-ed25519', fingerprint: 'one' })
    await keys.pin('r1:22', { type: 'ssh-ed25519', fingerprint: 'one' })
    await keys.unchecked!('[2001:db8::1]:830', { type: 'ssh-rsa', fingerprint: 'two' })
    const entries = await entriesOf(engine)
    expect(entries.map(({ action, host, details }) => ({ action, host, details }))).toEqual([
      {
        action: 'host_key.trusted',
        host: 'r1',
        details: { address: 'r1:22', type: 'ssh-ed25519', fingerprint: 'SHA256:one' },
      },
      {
        action: 'host_key.unchecked',
        host: '[2001:db8::1]',
        details: { address: '[2001:db8::1]:830', type: 'ssh-rsa', fingerprint: 'SHA256:two' },
      },
    ])
  })
})

/** What the child said before it died. */
async function runAndKill(options: NetPulseOptions, accepted: number): Promise<readonly JobId[]> {
  const child = fork(join(fixtures, 'audit-child.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  ends.push(() => child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
  const ids: JobId[] = []
  const exit = once(child, 'exit')
  child.on('message', ({ id }: { readonly id: JobId }) => {
    ids.push(id)
    if (ids.length === accepted) child.kill('SIGKILL')
  })
  child.send({ options: options as JsonObject, hosts: ['r1', 'r2', 'r3', 'r4', 'r5'] })
  expect(await exit).toEqual([null, 'SIGKILL'])
  return ids
}

async function crashFolder(): Promise<{ readonly folder: string; readonly options: NetPulseOptions }> {
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-audit-'))
  ends.push(() => rm(folder, { recursive: true }))
  const plugin = 'node_modules/@acme/netpulse-driver-crash'
  await cp(join(fixtures, 'netpulse-driver-crash'), join(folder, plugin), { recursive: true })
  const plugins = { '@acme/netpulse-driver-crash': { log: join(folder, 'inputs.log'), hangAt: '' } }
  const options = {
    store: join(folder, 'store'),
    appDir: folder,
    plugins,
    leaseSeconds: 1,
    afterUnknownOutcome: 'allow',
  }
  return { folder, options: options as NetPulseOptions }
}

/** After several deaths in the middle of many jobs: each job that was ever accepted has its two entries, once. */
async function assertNothingLost(options: NetPulseOptions): Promise<void> {
  const told: JobId[] = []
  for (const accepted of [7, 40, 83]) told.push(...(await runAndKill(options, accepted)))
  const netpulse = await createNetPulse(options)
  ends.push(() => netpulse.close())
  const jobsWith = async (action: string): Promise<readonly (string | null)[]> =>
    (await entriesOf(netpulse)).filter((entry) => entry.action === action).map(({ job }) => job)
  const accepted = await jobsWith('job.accepted')
  await Promise.all(accepted.map((id) => netpulse.wait(id as JobId)))
  const ended = await jobsWith('job.ended')
  expect(new Set(accepted).size).toBe(accepted.length)
  expect([...ended].sort()).toEqual([...accepted].sort())
  expect(told.filter((id) => !accepted.includes(id))).toEqual([])
}

describe('kill -9 in the middle of many jobs', { timeout: 60_000 }, () => {
  it('leaves one entry of each acceptance and of each end, in a chain, in a folder', async () => {
    const { options } = await crashFolder()
    await assertNothingLost(options)
  })

  it.skipIf(redisSource().kind !== 'program')('does so in Redis', async () => {
    const redis = await startRedis()
    ends.push(() => redis.stop())
    const { options } = await crashFolder()
    await assertNothingLost({ ...options, redis: { url: redis.url } })
  })
})
