import type { JsonObject } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import type { SubmitRequest } from '../../src/netpulse.js'
import { AuditIntake } from '../../src/audit/audit-intake.js'
import { CommandPolicy } from '../../src/policy/command-policy.js'
import { Submitter } from '../../src/submit/submitter.js'
import { DriverCatalog } from '../../src/submit/driver-catalog.js'
import { Placement } from '../../src/submit/placement.js'
import { asNodeId, silentLogger } from '@netpulse/core'
import type { DeviceId, JobRecord, NewJob } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { createCredentialResolver } from '@netpulse/credentials'
import { defineDriver } from '@netpulse/driver-sdk'
import type { DriverManifest } from '@netpulse/driver-sdk'
import { createGuardedHttp } from '@netpulse/webhooks'
import { WebhookIntake } from '../../src/webhooks/webhook-intake.js'
import type { NodeRoom, Submission, SubmitOutcome } from '@netpulse/queue'
import { plainSealer } from '../support/plain-sealer.js'
import { pluginsOf } from '../support/plugins.js'
import { ScriptedNetwork, scriptedManifest } from '../support/scripted-driver.js'

const roomOf = (name: string, pinned: number, capacity: number): NodeRoom => ({
  node: asNodeId(name),
  pinned,
  capacity,
})

const http = createGuardedHttp()

/** A submitter whose backend answers as told, and keeps what it was given. */
function bench(answer?: (submission: Submission, call: number) => SubmitOutcome, manifest?: DriverManifest) {
  const submitted: Submission[][] = []
  const asked: { devices: readonly DeviceId[] }[] = []
  const rooms: number[] = []
  const clock = new FakeClock()
  const nodes = [roomOf('n1', 9, 10), roomOf('n2', 0, 10), roomOf('n3', 5, 10)]
  const submitter = new Submitter({
    catalog: new DriverCatalog(pluginsOf(manifest ?? scriptedManifest(new ScriptedNetwork()))),
    policy: new CommandPolicy({ deny: [], allow: [] }),
    sealer: plainSealer,
    credentials: createCredentialResolver({ providers: new Map(), clock }),
    resolvesHere: false,
    placement: new Placement({
      nodes: { rooms: async () => nodes },
      scheduler: {
        place: (devices) => {
          asked.push({ devices })
          return devices.map(() => asNodeId('n3'))
        },
      },
      clock,
      random: () => 0,
    }),
    webhooks: new WebhookIntake({
      sealer: plainSealer,
      checkUrl: (url) => http.check(url),
      checkName: () => undefined,
    }),
    tasks: { add: async () => true, remove: async () => true },
    jobs: {
      submit: async (submissions) => {
        submitted.push([...submissions])
        return submissions.map(
          (one) => answer?.(one, submitted.length) ?? { state: 'stored' as const, job: one.job as NewJob as JobRecord },
        )
      },
    },
    audit: new AuditIntake({ allowNone: true, retentionDays: 30 }, false),
    clock,
    log: silentLogger,
    makeRoom: async (count) => void rooms.push(count),
  })
  return { submitter, submitted, asked, rooms, clock }
}

const ok: SubmitRequest = {
  driver: 'scripted',
  connectionArgs: { host: 'R1', password: 'pa55word' },
  command: 'show version',
}

describe('a submitted request', () => {
  it('becomes a job with every default filled in and no secret in clear', async () => {
    const { submitter, submitted } = bench()
    const given = {
      ...ok,
      connectionArgs: { host: 'R1', port: 2022, password: 'pa55word', jump_hosts: [{ host: 'j' }] },
    }
    const job = await submitter.submit(given)
    expect(job).toMatchObject({
      kind: 'query',
      strategy: 'pinned',
      createdAt: new Date('2026-01-01T00:00:00Z'),
      expiresAt: new Date('2026-01-01T00:05:00Z'),
      resultTtlSeconds: 300,
      maxAttempts: 3,
      tags: [],
      owner: '',
      request: {
        driver: 'scripted',
        device: { id: 'r1:2022', host: 'R1', port: 2022, platform: 'acme_os' },
        operation: { type: 'command', commands: ['show version'] },
        driverOptions: { read_timeout: 30 },
        switches: { save: false, dry_run: false },
        transcript: false,
        executionTimeoutSeconds: 300,
      },
    })
    const { sealedConnection, ...clear } = job.request
    expect(JSON.stringify(clear)).not.toContain('pa55word')
    expect(JSON.parse(sealedConnection)).toEqual({
      context: `${job.id}\nr1:2022`,
      plain: JSON.stringify({
        connection: { password: 'pa55word', jump_hosts: [{ host: 'j' }], username: 'admin', timeout: 10 },
      }),
    })
    // The caller's own object is as it was.
    expect(given.connectionArgs).toEqual({ host: 'R1', port: 2022, password: 'pa55word', jump_hosts: [{ host: 'j' }] })
    expect(submitted).toHaveLength(1)
  })

  it('finds its driver by an alias and stores its name', async () => {
    const { submitter } = bench()
    expect((await submitter.submit({ ...ok, driver: 'script' })).request.driver).toBe('scripted')
  })

  it('seals secret driver arguments too', async () => {
    const { submitter } = bench()
    const { request } = await submitter.submit({ ...ok, driverArgs: { answer: 'geheim' } })
    const { sealedConnection, ...clear } = request
    expect(clear.driverOptions).toEqual({ read_timeout: 30, answer: '[sealed]' })
    expect(sealedConnection).toContain('geheim')
  })

  it('is opaque or a modification when the driver has no planner', async () => {
    const { planner: _, ...rest } = scriptedManifest(new ScriptedNetwork())
    const { submitter } = bench(undefined, defineDriver(rest))
    expect((await submitter.submit(ok)).kind).toBe('opaque')
    const { command: __, ...config } = { ...ok, config: 'a' }
    expect((await submitter.submit(config)).kind).toBe('modification')
  })

  it.each([
    {
      name: 'text of several lines is several commands',
      command: 'show a\r\nshow b\n\nshow c\n',
      commands: ['show a', 'show b', 'show c'],
    },
    {
      name: 'a list may hold text of several lines',
      command: ['show a', 'show b\nshow c', ''],
      commands: ['show a', 'show b', 'show c'],
    },
  ])('$name', async ({ command, commands }) => {
    const { submitter } = bench()
    expect((await submitter.submit({ ...ok, command })).request.operation).toEqual({ type: 'command', commands })
  })

  it('keeps inner blank lines of a config', async () => {
    const { submitter } = bench()
    const { command: _, ...config } = { ...ok, config: '\n\nbanner x\n\n  indented\n\n' }
    expect((await submitter.submit(config)).request.operation).toEqual({
      type: 'config',
      lines: ['banner x', '', '  indented'],
    })
  })

  const args = (more: JsonObject): Partial<SubmitRequest> => ({
    connectionArgs: { host: 'r1', password: 'x', ...more },
  })

  it.each([
    {
      name: 'no host',
      change: { connectionArgs: { password: 'x' } },
      path: 'connection_args.host',
      text: 'is required',
    },
    {
      name: 'a misspelt host',
      change: { connectionArgs: { hots: 'a', host: 'b', password: 'x' } },
      path: 'connection_args.hots',
      text: 'did you mean "host"?',
    },
    {
      name: 'a misspelt option',
      change: args({ pasword: 'x' }),
      path: 'connection_args.pasword',
      text: 'did you mean "password"?',
    },
    {
      name: 'a wrong type deep inside',
      change: args({ jump_hosts: [{ host: 5 }] }),
      path: 'connection_args.jump_hosts[0].host',
      text: 'must be string, got integer',
    },
    { name: 'a port out of range', change: args({ port: 70_000 }), path: 'connection_args.port', text: '65535' },
    { name: 'a host with a space', change: args({ host: 'a b' }), path: 'connection_args.host', text: 'pattern' },
    {
      name: 'a misspelt driver argument',
      change: { driverArgs: { read_timeot: 1 } },
      path: 'driver_args.read_timeot',
      text: 'did you mean "read_timeout"?',
    },
    { name: 'a misspelt switch', change: { switches: { svae: true } }, path: 'svae', text: 'did you mean "save"?' },
    { name: 'a misspelt key of the request', change: { comand: 'x' }, path: 'comand', text: 'did you mean "command"?' },
    {
      name: 'neither command nor config',
      change: { command: undefined },
      path: 'command',
      text: 'exactly one of command, config and file_transfer is needed, got none',
    },
    { name: 'command and config', change: { config: 'a' }, path: 'command', text: 'got command and config' },
    { name: 'blank commands only', change: { command: [' ', '\n'] }, path: 'command', text: 'at least one line' },
    {
      name: 'too many commands',
      change: { command: Array<string>(1_001).fill('show a') },
      path: 'command',
      text: 'more than 1000',
    },
    {
      name: 'a command that is too long',
      change: { command: ['a', 'b'.repeat(4_097)] },
      path: 'command[1]',
      text: '4096',
    },
    {
      name: 'a control character in a command',
      change: { command: 'show\u0003' },
      path: 'command[0]',
      text: 'control characters',
    },
    { name: 'a ttl of nothing', change: { ttlSeconds: 0 }, path: 'ttlSeconds', text: '>= 1' },
    {
      name: 'a timeout of more than a day',
      change: { executionTimeoutSeconds: 86_401 },
      path: 'executionTimeoutSeconds',
      text: '<= 86400',
    },
    {
      name: 'an unknown strategy',
      change: { queueStrategy: 'pined' },
      path: 'queueStrategy',
      text: 'did you mean "pinned"?',
    },
  ])('is refused for $name, with its path and what is allowed', async ({ change, path, text }) => {
    const { submitter, submitted } = bench()
    const given = Object.fromEntries(Object.entries({ ...ok, ...change }).filter(([, value]) => value !== undefined))
    const error = await submitter.submit(given as unknown as SubmitRequest).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INVALID_INPUT', kind: 'invalid' })
    const { errors } = (error as { details: { errors: { path: string; message: string }[] } }).details
    expect(errors).toContainEqual({ path, message: expect.stringContaining(text) as string })
    expect(submitted).toEqual([])
  })

  it('is told about everything that is wrong at once', async () => {
    const { submitter } = bench()
    const wrong = { ...ok, connectionArgs: {}, driverArgs: { x: 1 }, switches: { y: 1 }, command: '' }
    const error = (await submitter.submit(wrong).catch((thrown: unknown) => thrown)) as {
      details: { errors: { path: string }[] }
    }
    expect(error.details.errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['connection_args.host', 'connection_args.password', 'command', 'driver_args.x', 'y']),
    )
  })

  it('of an unknown driver is refused with the nearest name', async () => {
    const { submitter } = bench()
    await expect(submitter.submit({ ...ok, driver: 'scriptd' })).rejects.toMatchObject({
      code: 'DRIVER_UNKNOWN',
      message: expect.stringContaining('did you mean "scripted"') as string,
    })
  })
})

describe('placement', () => {
  it("offers the scheduler's choice first, then the others by room, and asks once per device", async () => {
    const { submitter, submitted, asked } = bench()
    await submitter.submitMany([ok, ok, { ...ok, connectionArgs: { host: 'r2', password: 'x' } }])
    expect(asked).toEqual([{ devices: ['r1', 'r2'] }])
    expect(submitted[0]!.map(({ nodes }) => nodes)).toEqual(Array(3).fill(['n3', 'n2', 'n1']))
  })

  it('places nothing for queries with a connection of their own', async () => {
    const { submitter, submitted, asked } = bench()
    await submitter.submit({ ...ok, queueStrategy: 'fifo' })
    expect([asked, submitted[0]![0]!.nodes]).toEqual([[], []])
  })

  it('asks for room and tries once more before it refuses', async () => {
    const full = { state: 'no_capacity' } as const
    const once = bench((_, call) => (call === 1 ? full : (undefined as never)))
    expect((await once.submitter.submit(ok)).kind).toBe('query')
    expect(once.rooms).toEqual([1])
    const never = bench(() => full)
    await expect(never.submitter.submit(ok)).rejects.toMatchObject({ code: 'NO_WORKER', kind: 'unavailable' })
    expect(never.submitted).toHaveLength(2)
  })

  it('says when to try again when too many jobs wait', async () => {
    const { submitter } = bench(() => ({ state: 'queue_full', retryAfterSeconds: 5 }))
    await expect(submitter.submit(ok)).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      kind: 'limited',
      details: { retryAfterSeconds: 5 },
    })
  })
})

describe('a bulk', () => {
  it('stores the good ones in one step and names what is wrong with each of the others', async () => {
    const { submitter, submitted } = bench((one) =>
      one.job.request.device.host === 'full'
        ? { state: 'queue_full', retryAfterSeconds: 1 }
        : { state: 'stored', job: one.job as JobRecord },
    )
    const at = (host: string): SubmitRequest => ({ ...ok, connectionArgs: { host, password: 'x' } })
    const outcomes = await submitter.submitMany([
      at('a'),
      { ...at('b'), command: '' },
      at('full'),
      { ...at('c'), driver: 'nope' },
      at('d'),
    ])
    expect(submitted.map((one) => one.length)).toEqual([3])
    expect(outcomes.map((one) => ('job' in one ? one.job.request.device.host : [one.host, one.error.code]))).toEqual([
      'a',
      ['b', 'INVALID_INPUT'],
      ['full', 'QUEUE_FULL'],
      ['c', 'DRIVER_UNKNOWN'],
      'd',
    ])
  })

  it('of bad ones only stores nothing', async () => {
    const { submitter, submitted } = bench()
    const outcomes = await submitter.submitMany([{ ...ok, command: '' }, null as unknown as SubmitRequest])
    expect(outcomes).toMatchObject([
      { error: { code: 'INVALID_INPUT' } },
      { host: '', error: { code: 'INVALID_INPUT' } },
    ])
    expect(submitted).toEqual([])
  })
})

describe('a webhook', () => {
  const hook = {
    url: 'https://hooks.example.net:8443/in/t0ken',
    auth: ['user', 'pa55'],
    headers: { 'x-a': 'h3ader' },
  } as const

  it('goes into the job with its defaults, and with nothing that may be secret in clear', async () => {
    const { submitter, submitted } = bench()
    await submitter.submit({ ...ok, webhook: hook })
    const { webhook, device } = submitted[0]![0]!.job.request
    const { sealedTarget, ...shown } = webhook!
    expect(shown).toEqual({
      name: 'basic',
      events: ['job.completed', 'job.failed', 'job.canceled', 'job.expired'],
      origin: 'https://hooks.example.net:8443',
      timeoutSeconds: 5,
      maxRetries: 3,
      retryIntervalsSeconds: [10, 30, 120],
    })
    const { context, plain } = JSON.parse(sealedTarget) as { context: string; plain: string }
    expect(context).toBe(`${submitted[0]![0]!.job.id}\n${device.id}\nwebhook`)
    expect(JSON.parse(plain)).toEqual({ ...hook, method: 'POST', cookies: {} })
  })

  it.each([
    { name: 'another scheme', webhook: { url: 'ftp://example.net/' }, path: 'webhook.url' },
    { name: 'no whole URL', webhook: { url: 'hooks.example.net' }, path: 'webhook.url' },
    { name: 'a login in the URL', webhook: { url: 'https://a:b@example.net/' }, path: 'webhook.url' },
    { name: 'a loopback address', webhook: { url: 'http://127.1/' }, path: 'webhook.url' },
    { name: 'a cloud metadata address', webhook: { url: 'http://[::ffff:169.254.169.254]/' }, path: 'webhook.url' },
    { name: 'no URL', webhook: {}, path: 'webhook.url' },
    { name: 'a method that is none', webhook: { ...hook, method: 'TRACE' }, path: 'webhook.method' },
    { name: 'a short timeout', webhook: { ...hook, timeoutSeconds: 0.4 }, path: 'webhook.timeoutSeconds' },
    { name: 'a long timeout', webhook: { ...hook, timeoutSeconds: 121 }, path: 'webhook.timeoutSeconds' },
    { name: 'many retries', webhook: { ...hook, maxRetries: 11 }, path: 'webhook.maxRetries' },
    { name: 'no interval', webhook: { ...hook, retryIntervalsSeconds: [] }, path: 'webhook.retryIntervalsSeconds' },
    { name: 'an unknown event', webhook: { ...hook, events: ['job.lost'] }, path: 'webhook.events[0]' },
    { name: 'a misspelt field', webhook: { ...hook, retries: 1 }, path: 'webhook.retries' },
    { name: 'a line end in a header', webhook: { ...hook, headers: { a: 'b\r\nc: d' } }, path: 'webhook.headers.a' },
    { name: 'a header of ours', webhook: { ...hook, headers: { Host: 'x' } }, path: 'webhook.headers.Host' },
    { name: 'two cookies in one', webhook: { ...hook, cookies: { a: 'b; c=d' } }, path: 'webhook.cookies.a' },
    { name: 'a user with a colon', webhook: { ...hook, auth: ['a:b', 'c'] }, path: 'webhook.auth[0]' },
    { name: 'half a login', webhook: { ...hook, auth: ['a'] }, path: 'webhook.auth' },
  ])('is refused with $name, and nothing of its value is said', async ({ webhook, path }) => {
    const { submitter, submitted } = bench()
    const failure = submitter.submit({ ...ok, webhook } as unknown as SubmitRequest)
    await expect(failure).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { errors: [{ path }] } })
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringMatching(/t0ken|pa55|h3ader/) })
    expect(submitted).toEqual([])
  })
})
