import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OpenBao } from '../../../../tools/test/openbao-server.mjs'
import { openBaoSource, startOpenBao } from '../../../../tools/test/openbao-server.mjs'
import { redisSource, startRedis } from '../../../../tools/test/redis-server.mjs'
import type { ServerProcess } from '../../../../tools/test/server-process.mjs'
import { startServer } from '../../../../tools/test/server-process.mjs'
import { startWorker } from '../../../../tools/test/worker-process.mjs'
import type { Canary } from '../support/canaries.js'
import { CanaryScan, filesBelow } from '../support/canaries.js'
import { SecretHooks } from '../support/secret-hooks.js'
import type { Source } from '../support/secret-life.js'
import { Answers, SecretLife } from '../support/secret-life.js'

interface Job {
  readonly id: string
  readonly status: string
  readonly outcome: string
  readonly result: { readonly error: { readonly code: string } | null; readonly transcript?: string }
}

interface AuditEntry {
  readonly details: { readonly results?: readonly unknown[]; readonly request?: { readonly tags: readonly string[] } }
}

const vaultSource = openBaoSource()
if (vaultSource.kind === 'none') console.warn(`The canary test runs without Vault: ${vaultSource.reason}`)

/** A word that is no secret, in every request: the scan must find it wherever it looks, or it does not look. */
const control = 'control-word-4711'

const longWait = '/device/exec?wait=50'

interface Places {
  readonly simulator: Simulator
  readonly hooks: SecretHooks
}

/** Everything that can be done with a secret here, each way once. */
async function useSecrets(life: SecretLife, answers: Answers, { simulator, hooks }: Places): Promise<void> {
  const exec = async (work: object): Promise<Job> => {
    const body = { driver: 'cli', tags: [control], transcript: true, queue_strategy: 'pinned', ...work }
    return (await answers.ask<Job>('POST', longWait, body)).json
  }
  const devices = new Map<Source, SimulatedDevice>()
  for (const source of life.sources) {
    const device = await life.device(simulator, `${source}-device`, source)
    devices.set(source, device)
    const login = life.login(device, source)
    const shown = await exec({ ...login, command: ['show users', 'show version'], enable_mode: true })
    expect(shown, JSON.stringify(shown)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(shown.result.transcript).toContain('show users')
    const once = await exec({ ...login, command: 'show clock', queue_strategy: 'fifo', enable_mode: true })
    expect(once.outcome).toBe('refused')
    const pushed = await exec({ ...login, config: ['interface Loopback1', 'description made by test'] })
    expect(pushed, JSON.stringify(pushed)).toMatchObject({ outcome: 'succeeded' })
    await answers.ask('POST', '/device/test', { driver: 'cli', ...login })
  }
  await bulk(life, answers, devices)
  await keys(life, answers, { exec, simulator })
  await failures(life, answers, { exec, device: devices.get('inline')! })
  await webhooks(life, answers, { exec, device: devices.get('inline')!, hooks })
}

interface Delivery {
  readonly id: string
  readonly event_type: string
  readonly status: string
}

const ofStatus = (deliveries: readonly Delivery[], status: string): readonly Delivery[] =>
  deliveries.filter((one) => one.status === status)

/** Webhooks of a job that goes well and of one that says its password, to a receiver that takes them and to one that fails. */
async function webhooks(
  life: SecretLife,
  answers: Answers,
  { exec, device, hooks }: Tools & { readonly device: SimulatedDevice; readonly hooks: SecretHooks },
): Promise<void> {
  const login = life.login(device, 'inline')
  const works = [{ command: 'show users' }, { command: 'show clock' }, { config: ['no such line'] }]
  for (const [index, work] of works.entries()) {
    const webhook = hooks.request(index === 0 ? 'good' : 'broken')
    const { id } = await exec({ ...login, ...work, enable_mode: true, webhook })
    const deliveries = async () => (await answers.ask<Delivery[]>('GET', `/jobs/${id}/deliveries`)).json
    await expect.poll(async () => ofStatus(await deliveries(), 'pending'), { timeout: 20_000 }).toEqual([])
    expect(ofStatus(await deliveries(), index === 0 ? 'delivered' : 'dead')).toHaveLength(2)
  }
  const [dead] = (await answers.ask<Delivery[]>('GET', '/webhooks/dead?limit=10')).json
  await answers.ask('POST', `/webhooks/dead/${dead!.id}/replay`)
  const refused = { ...hooks.request('good'), url: `http://169.254.169.254/${life.values['misplaced']}` }
  await answers.ask('POST', '/device/exec', { driver: 'cli', ...login, command: 'show version', webhook: refused })
  const invalid = { ...hooks.request('good'), timeout: life.values['misplaced'], header: life.values['misplaced'] }
  await answers.ask('POST', '/device/exec', { driver: 'cli', ...login, command: 'show version', webhook: invalid })
}

async function bulk(life: SecretLife, answers: Answers, devices: ReadonlyMap<Source, SimulatedDevice>): Promise<void> {
  const list = [...devices].map(([source, device]) => {
    const { connection_args: connection, credential } = life.login(device, source)
    return { ...connection, ...(credential === undefined ? {} : { credential }) }
  })
  const body = { driver: 'cli', command: 'show users', tags: [control], devices: list }
  const { json } = await answers.ask<{ succeeded: Job[]; failed: unknown[] }>('POST', '/device/bulk', body)
  expect(json.failed).toEqual([])
  for (const { id } of json.succeeded) {
    const ended = await answers.ask<Job>('GET', `/jobs/${id}?wait=50`)
    expect(ended.json.status, JSON.stringify(ended.json)).toBe('finished')
  }
}

interface Tools {
  readonly exec: (work: object) => Promise<Job>
}

async function keys(
  life: SecretLife,
  answers: Answers,
  { exec, simulator }: Tools & { simulator: Simulator },
): Promise<void> {
  const device = await life.keyDevice(simulator, 'key-device')
  for (const source of ['inline', 'file'] as const) {
    const job = await exec({ ...life.keyLogin(device, source), command: 'show users', queue_strategy: 'fifo' })
    expect(job, JSON.stringify(job)).toMatchObject({ outcome: 'succeeded' })
  }
  const wrong = life.keyLogin(device, 'inline', false)
  expect((await exec({ ...wrong, command: 'show users' })).result.error?.code).toBe('AUTH_FAILED')
  await answers.ask('POST', '/device/test', { driver: 'cli', ...wrong })
}

/** Wrong values, in places where an error might quote them. */
async function failures(
  life: SecretLife,
  answers: Answers,
  { exec, device }: Tools & { readonly device: SimulatedDevice },
): Promise<void> {
  const { values } = life
  const { connection_args: right } = life.login(device, 'inline')
  const codeWith = async (args: object, more: object = {}): Promise<string | undefined> =>
    (await exec({ connection_args: { ...right, ...args }, command: 'show version', enable_mode: true, ...more })).result
      ?.error?.code
  expect(await codeWith({ password: values['wrong-password'] })).toBe('AUTH_FAILED')
  expect(await codeWith({ secret: values['wrong-enable'] })).toBe('ENABLE_FAILED')
  const garbage = `-----BEGIN OPENSSH PRIVATE KEY-----\n${values['misplaced']}\n-----END OPENSSH PRIVATE KEY-----`
  await codeWith({ pkey: garbage, passphrase: values['wrong-passphrase'], password: values['wrong-password'] })
  const hop = { host: device.host, port: device.port, username: 'x', password: values['jump-password'] }
  await codeWith({ jump_hosts: [hop] })
  await answers.ask('POST', '/device/test', {
    driver: 'cli',
    connection_args: { ...right, password: values['wrong-password'] },
  })
  const invalid: readonly object[] = [
    { connection_args: { ...right, pasword: values['misplaced'] } },
    { connection_args: { ...right, password: { text: values['misplaced'] } } },
    { connection_args: { ...right, port: values['misplaced'] } },
    { connection_args: right, driver_args: { read_timeout: values['misplaced'] } },
    { connection_args: right, credential: { ref: 'x', password: values['misplaced'] } },
  ]
  for (const body of invalid) {
    const { status } = await answers.ask('POST', '/device/exec', { driver: 'cli', command: 'show version', ...body })
    expect(status).toBe(422)
  }
  await references(life, answers, { exec, device })
}

async function references(
  life: SecretLife,
  answers: Answers,
  { exec, device }: Tools & { readonly device: SimulatedDevice },
): Promise<void> {
  const address = { host: device.host, port: device.port, device_type: 'cisco_iosxe' }
  const named = life.sources.filter((source) => source !== 'inline')
  const use = async (name: Source): Promise<void> => {
    const ref = name === 'env' ? 'ROUTERS' : 'routers/core'
    const found = await answers.ask('POST', '/credentials/test', { credential: { name, ref } })
    expect(found.json).toMatchObject({ success: true, provider: name })
    const missing = { name, ref: name === 'env' ? 'NOBODY' : 'routers/nobody' }
    expect((await answers.ask('POST', '/credentials/test', { credential: missing })).json).toMatchObject({
      success: false,
    })
    const field = { name, ref, field_mapping: { username: 'username', password: 'nope' } }
    await exec({ connection_args: address, credential: field, command: 'show version' })
    await exec({ connection_args: address, credential: missing, command: 'show version' })
    // A secret where a login name belongs: the error names the user.
    const swapped = { name, ref, field_mapping: { username: 'password', password: 'secret' } }
    const refused = await exec({ connection_args: address, credential: swapped, command: 'show version' })
    expect(refused.result.error).toMatchObject({ code: 'AUTH_FAILED' })
    await answers.ask('POST', '/device/test', { driver: 'cli', connection_args: address, credential: swapped })
  }
  await Promise.all(named.map(use))
}

const scanned = (scan: CanaryScan, all: readonly { readonly path: string; readonly bytes: Buffer | string }[]) =>
  all.flatMap(({ path, bytes }) => scan.in(bytes).map((name) => `${name} in ${path}`))

describe('secrets on every way through the server', { timeout: 180_000 }, () => {
  let simulator: Simulator
  let vault: OpenBao | undefined
  let folder: string
  let life: SecretLife
  let hooks: SecretHooks

  beforeAll(async () => {
    simulator = await startSimulator()
    vault = vaultSource.kind === 'none' ? undefined : await startOpenBao()
    folder = await mkdtemp(join(tmpdir(), 'netpulse-canary-'))
    life = await SecretLife.begin(folder, vault)
    hooks = await SecretHooks.start()
  })
  beforeEach(() => expect(simulator.devices).toEqual([]))
  afterEach(() => Promise.all(simulator.devices.map((device) => device.remove())))
  afterAll(async () => {
    await Promise.all([simulator?.stop(), vault?.stop(), hooks?.stop()])
    await rm(folder, { recursive: true, force: true })
  })

  /** Everything that a server says when it is asked about all that it knows. */
  async function readBack(answers: Answers): Promise<void> {
    const readable = ['/jobs?limit=1000', '/workers', '/devices/holds', '/webhooks/dead', '/audit?limit=1000']
    for (const path of [...readable, '/openapi.json']) await answers.ask('GET', path)
    const ends = await answers.ask<AuditEntry[]>('GET', '/audit?action=job.ended&limit=1000')
    expect(ends.json.filter(({ details }) => (details.results ?? []).length > 0)).not.toEqual([])
    const begun = await answers.ask<AuditEntry[]>('GET', '/audit?action=job.accepted&limit=1000')
    expect(begun.json.length).toBe(ends.json.length)
    expect(begun.json.every(({ details }) => details.request?.tags.includes(control))).toBe(true)
  }

  /** Payloads hold no secret at all, headers none but those that the request gave them. */
  function assertReceiverKnowsOnlyItsOwn(canaries: readonly Canary[]): void {
    expect(hooks.got.length).toBeGreaterThanOrEqual(10)
    expect(hooks.got.map(({ body }) => body).join()).toContain('job.started')
    const [bodies, headers] = [hooks.got.map(({ body }) => body), hooks.got.map(({ headers }) => headers)]
    const ofDevices = new CanaryScan([...canaries, hooks.signing])
    const all = new CanaryScan([...canaries, hooks.signing, ...hooks.own])
    expect([all.in(bodies.join('\n')), ofDevices.in(headers.join('\n'))]).toEqual([[], []])
    expect(all.in(headers.join('\n'))).toContain('hook header')
  }

  /** The numbers of a process, which must be there to be looked at. */
  async function metricsOf(url: string, key: string): Promise<{ readonly path: string; readonly bytes: string }> {
    const bytes = await (await fetch(`${url}/metrics`, { headers: { 'x-api-key': key } })).text()
    expect(bytes).toContain('# TYPE netpulse_')
    return { path: `metrics of ${url}`, bytes }
  }

  async function run(server: ServerProcess): Promise<{ readonly scan: CanaryScan; readonly answers: Answers }> {
    const answers = new Answers(server)
    hooks.got.length = 0
    await useSecrets(life, answers, { simulator, hooks })
    await readBack(answers)
    assertReceiverKnowsOnlyItsOwn(life.canaries(server.key))
    return { scan: new CanaryScan([...life.canaries(server.key), ...hooks.own, hooks.signing]), answers }
  }

  it('are in no answer, no log and no byte of the store, for one process', async () => {
    let log = ''
    const env = { ...life.environment('worker'), ...hooks.environment }
    const server = await startServer({ env, log: (text) => void (log += text) })
    try {
      const { scan, answers } = await run(server)
      const store = await filesBelow(server.folder)
      const said = answers.texts.map((bytes, index) => ({ path: `answer ${index}`, bytes }))
      const sealed = (await filesBelow(folder)).filter(({ path }) => path.endsWith('credentials.json'))
      const metrics = await metricsOf(server.url, server.key)
      const everything = [...store, ...said, ...sealed, metrics, { path: 'log', bytes: log }]
      expect(scanned(scan, everything)).toEqual([])
      expect(sealed).toHaveLength(1)
      assertLooked(store, said.map(({ bytes }) => bytes).join(), log)
    } finally {
      await server.stop()
    }
  })

  const modes = ['worker', 'controller'] as const
  it.skipIf(redisSource().kind !== 'program').each(modes)(
    'are in no answer, no log and in nothing that Redis ever held, resolved by the %s',
    async (resolve) => {
      const redis = await startRedis({ appendonly: true, args: ['--rdbcompression', 'no'] })
      const keyring = join(folder, `keyring-${resolve}.json`)
      const env = {
        ...life.environment(resolve),
        ...hooks.environment,
        NETPULSE_REDIS__URL: redis.url,
        NETPULSE_KEYRING_FILE: keyring,
      }
      let log = ''
      const server = await startServer({ env, log: (text) => void (log += text) })
      const worker = await startWorker({ args: ['--processes', '1', '--health-port', '0'], env })
      try {
        const { scan, answers } = await run(server)
        const { stdout, stderr } = worker.output
        const held = await filesBelow(redis.folder)
        const said = answers.texts.map((bytes, index) => ({ path: `answer ${index}`, bytes }))
        const own = [...(await filesBelow(server.folder)), ...(await filesBelow(worker.folder))]
        const logs = [log, stdout, stderr].map((bytes, index) => ({ path: `log ${index}`, bytes }))
        const metrics = [await metricsOf(server.url, server.key), await metricsOf(worker.healthUrl!, '')]
        expect(scanned(scan, [...held, ...said, ...own, ...logs, ...metrics])).toEqual([])
        assertLooked(held, said.map(({ bytes }) => bytes).join(), log)
      } finally {
        await worker.stop()
        await server.stop()
        await redis.stop()
      }
    },
  )
})

/** The scan looked at what it should: what is no secret is there. */
function assertLooked(store: readonly { readonly bytes: Buffer }[], answers: string, log: string): void {
  const looked = new CanaryScan([{ name: 'control', value: control }])
  expect(store.some(({ bytes }) => looked.in(bytes).length > 0)).toBe(true)
  expect(looked.in(answers)).toEqual(['control'])
  expect(log).toContain('/device/exec')
}

describe('the scan', () => {
  const value = 'pass"7/+é&=%-0123456789abcdef'
  const forms = [
    { name: 'as it is', text: `x ${value} y` },
    { name: 'in JSON', text: JSON.stringify({ a: value }) },
    { name: 'in JSON within JSON', text: JSON.stringify({ a: JSON.stringify({ b: value }) }) },
    { name: 'in a URL', text: `/x?p=${encodeURIComponent(value)}&y` },
    { name: 'in a form', text: new URLSearchParams({ p: value }).toString() },
    { name: 'in base64', text: Buffer.from(value).toString('base64') },
    { name: 'in base64 after one byte', text: Buffer.from(`u${value}zz`).toString('base64') },
    { name: 'in base64 after two bytes', text: Buffer.from(`u:${value}z`).toString('base64url') },
    {
      name: 'in base64 of JSON',
      text: Buffer.from(JSON.stringify({ password: value, more: 1 })).toString('base64'),
    },
    { name: 'in hex', text: Buffer.from(value).toString('hex') },
  ]
  it.each(forms)('finds a secret $name', ({ text }) => {
    expect(new CanaryScan([{ name: 'it', value }]).in(Buffer.from(text))).toEqual(['it'])
  })

  it('finds one line of a key', () => {
    const line = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ'
    const scan = new CanaryScan([{ name: 'key', value: `-----BEGIN KEY-----\n${line}\n-----END KEY-----\n` }])
    expect([scan.in(`a ${line} b`), scan.in('-----BEGIN KEY-----')]).toEqual([['key'], []])
  })
})
