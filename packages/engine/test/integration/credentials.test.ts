import { readFile } from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNetPulseError } from '@netpulse/core'
import { loadKeyring, openCredentialFile } from '@netpulse/credentials'
import type { ProviderSetup } from '@netpulse/credentials'
import { providerError } from '@netpulse/plugin-sdk'
import { afterEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine.js'
import { createNetPulse } from '../../src/index.js'
import type { NetPulseOptions, SubmitRequest } from '../../src/index.js'
import { KeptLog, startBench } from '../support/engine-bench.js'
import { RunnerBench } from '../support/runner-bench.js'
import { ScriptedNetwork } from '../support/scripted-driver.js'
import { SecretShelf } from '../support/secret-shelf.js'

const started: Engine[] = []
afterEach(async () => {
  for (const engine of started.splice(0)) await engine.close()
})

const netops = { username: 'netops', password: 'pa55word-of-shelf' }

async function bench(options: NetPulseOptions = {}, setup: Partial<ProviderSetup> = {}) {
  const network = new ScriptedNetwork()
  const shelf = new SecretShelf()
  shelf.secrets.set('core', netops)
  const engine = await startBench(network, { ...options, setup: { credentials: shelf.resolver(setup) } })
  started.push(engine)
  return { engine, network, shelf }
}

const named = (host: string, more: Partial<SubmitRequest> = {}): SubmitRequest => ({
  driver: 'scripted',
  connectionArgs: { host },
  credential: { ref: 'core' },
  command: 'show version',
  ...more,
})

async function run(engine: Engine, request: SubmitRequest) {
  return engine.wait((await engine.submit(request)).id)
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: unknown) => (isNetPulseError(error) ? error.code : String(error)),
  )

describe('a job with a reference', () => {
  it('logs in with what the reference names, over what the request says', async () => {
    const { engine, network, shelf } = await bench()
    const inline = { username: 'somebody', password: 'wrong' }
    const job = await run(engine, named('r1', { connectionArgs: { host: 'r1', ...inline } }))
    expect(job).toMatchObject({ outcome: 'succeeded', request: { credential: { ref: 'core' } } })
    expect(network.device('r1').inputs).toContain('netops:show version')
    expect(shelf.asked).toEqual(['core'])
  })

  it('carries the reference alone: the value is asked for when the job runs, and not before', async () => {
    const { engine, network, shelf } = await bench()
    let go = (): void => undefined
    network.device('r1').on('show slow', { do: 'wait', until: new Promise((resolve) => (go = resolve)) })
    const slow = await engine.submit(named('r1', { command: 'show slow' }))
    await network.device('r1').seen('show slow')
    const waiting = await engine.submit(named('r1'))
    expect(shelf.asked).toHaveLength(1)
    // The sealer of the bench does not hide anything.
    expect(JSON.stringify(waiting)).not.toContain(netops.password)
    go()
    await Promise.all([engine.wait(slow.id), engine.wait(waiting.id)])
    expect(shelf.asked).toHaveLength(2)
  })

  it('stores no inline value that the reference replaces', async () => {
    const { engine, network } = await bench()
    network.device('r1').on('show x', { do: 'say', text: 'x' })
    const connectionArgs = { host: 'r1', password: 'inline-pa55word', username: 'inline-user', timeout: 5 }
    const stored = await engine.submit(named('r1', { connectionArgs }))
    expect(JSON.stringify(stored)).not.toMatch(/inline-pa55word|inline-user/)
    await engine.wait(stored.id)
  })

  it('gets a session of its own when the secret was changed, and the old one serves nobody', async () => {
    const { engine, network, shelf } = await bench({ sessionsPerDevice: 4 })
    await run(engine, named('r1'))
    await run(engine, named('r1'))
    expect(network.device('r1').opened).toBe(1)
    shelf.secrets.set('core', { ...netops, password: 'rotated-pa55word' })
    const after = await run(engine, named('r1'))
    expect(network.device('r1').opened).toBe(2)
    expect(after.result?.results[0]?.metadata.sessionReused).toBe(false)
    expect((await run(engine, named('r1'))).result?.results[0]?.metadata.sessionReused).toBe(true)
  })

  it('shares a session with a request that holds the same values', async () => {
    const { engine, network } = await bench()
    await run(engine, named('r1'))
    const { credential: _, ...inline } = named('r1', { connectionArgs: { host: 'r1', ...netops } })
    expect((await run(engine, inline)).result?.results[0]?.metadata.sessionReused).toBe(true)
    expect(network.device('r1').opened).toBe(1)
  })

  it('shows no resolved value in results, errors, transcripts or the log', async () => {
    const logger = new KeptLog()
    const { engine, network, shelf } = await bench({ logger })
    shelf.secrets.set('odd', { ...netops, other: 'other-value-17' })
    network.device('r1').on('show run', { do: 'say', text: `a ${netops.password} b other-value-17` })
    network.device('r1').on('show bug', { do: 'bug', text: `bug with ${netops.password}` })
    const told = await run(engine, named('r1', { command: 'show run', transcript: true }))
    const mapped = { credential: { ref: 'odd', fieldMapping: { username: 'other', password: 'password' } } }
    const asName = await run(engine, named('r1', { command: 'show run', ...mapped, transcript: true }))
    const bug = await run(engine, named('r1', { command: 'show bug' }))
    expect(told.result?.results[0]?.stdout).toBe('a [redacted] b other-value-17')
    expect(asName.result?.results[0]?.stdout).toBe('a [redacted] b [redacted]')
    expect(bug.result?.error?.code).toBe('INTERNAL')
    const everything = JSON.stringify([told, asName, bug, logger.entries])
    expect(everything).not.toContain(netops.password)
  })

  it('asks anew after a device has refused what was remembered', async () => {
    const { engine, shelf } = await bench({}, { cacheTtlSeconds: 3600 })
    shelf.secrets.set('core', { ...netops, password: 'wrong' })
    expect((await run(engine, named('r1'))).result?.error?.code).toBe('AUTH_FAILED')
    shelf.secrets.set('core', netops)
    expect((await run(engine, named('r1'))).outcome).toBe('succeeded')
    await run(engine, named('r2'))
    expect(shelf.asked).toHaveLength(2)
  })

  it('may be one of a bulk, each with its own', async () => {
    const { engine, network, shelf } = await bench()
    shelf.secrets.set('edge', { username: 'edge-user', password: 'edge-pa55word' })
    const bad = { credential: { ref: '../up' } }
    const outcomes = await engine.submitMany([
      named('r1'),
      named('r2', { credential: { ref: 'edge' } }),
      named('r3', bad),
    ])
    for (const one of outcomes) if ('job' in one) await engine.wait(one.job.id)
    expect(network.device('r1').inputs).toContain('netops:show version')
    expect(network.device('r2').inputs).toContain('edge-user:show version')
    expect(outcomes[2]).toMatchObject({ host: 'r3', error: { code: 'CREDENTIAL_REFERENCE_INVALID' } })
  })
})

describe('a reference that leads nowhere', () => {
  const refused = [
    { name: 'an unknown provider', credential: { name: 'shlef', ref: 'core' }, code: 'CREDENTIAL_PROVIDER_UNKNOWN' },
    { name: 'a path that goes up', credential: { ref: 'a/../core' }, code: 'CREDENTIAL_REFERENCE_INVALID' },
    {
      name: 'a part that the provider lacks',
      credential: { ref: 'core', mount: 'kv' },
      code: 'CREDENTIAL_REFERENCE_INVALID',
    },
    { name: 'a path that is not allowed', credential: { ref: 'other' }, code: 'CREDENTIAL_NOT_ALLOWED' },
    { name: 'no ref', credential: { name: 'shelf' }, code: 'INVALID_INPUT' },
    { name: 'a misspelt key', credential: { ref: 'core', verison: 1 }, code: 'INVALID_INPUT' },
    {
      name: 'a mapping to the host',
      credential: { ref: 'core', fieldMapping: { host: 'password' } },
      code: 'INVALID_INPUT',
    },
    {
      name: 'a mapping to an option in clear',
      credential: { ref: 'core', fieldMapping: { timeout: 'password' } },
      code: 'INVALID_INPUT',
    },
    {
      name: 'a mapping to no option',
      credential: { ref: 'core', fieldMapping: { pasword: 'password' } },
      code: 'INVALID_INPUT',
    },
  ]
  it.each(refused)('is refused before it is stored: $name', async ({ credential, code }) => {
    const { engine, shelf } = await bench({}, { allowedPaths: ['core'] })
    expect(await codeOf(engine.submit(named('r1', { credential: credential as never })))).toBe(code)
    expect(shelf.asked).toEqual([])
  })

  it('is a failed job with the code of the provider, and no session was opened', async () => {
    const { engine, network } = await bench()
    const job = await run(engine, named('r1', { credential: { ref: 'nothing' } }))
    expect(job).toMatchObject({
      status: 'failed',
      outcome: 'failed',
      result: { error: { code: 'CREDENTIAL_NOT_FOUND' } },
    })
    expect(network.device('r1').opened).toBe(0)
  })

  it('is a failed job when the secret lacks a field, or the driver does not take the value', async () => {
    const { engine, shelf } = await bench()
    shelf.secrets.set('half', { username: 'netops' })
    shelf.secrets.set('empty', { username: '', password: 'pa55word-of-shelf' })
    const half = await run(engine, named('r1', { credential: { ref: 'half' } }))
    expect(half.result?.error?.code).toBe('CREDENTIAL_FIELD_MISSING')
    const empty = await run(engine, named('r1', { credential: { ref: 'empty' } }))
    expect(empty.result?.error).toMatchObject({
      code: 'INVALID_INPUT',
      details: { errors: [{ path: 'connection_args.username' }] },
    })
  })

  it('is tried again while the provider is away, within the attempts of a job', async () => {
    const shelf = new SecretShelf()
    shelf.failures.push(providerError('CREDENTIAL_SEALED', 'Sealed.'), providerError('CREDENTIAL_UNAVAILABLE', 'Away.'))
    const runner = new RunnerBench({ credentials: shelf.resolver() })
    const request = { connectionArgs: { host: 'r1' }, credential: { ref: 'core' }, command: 'show x' }
    expect(await (await runner.start(request, 1)).end).toBe('retrying')
    expect(await (await runner.start(request, 3)).end).toBe('failed')
    expect(runner.written).toMatchObject([
      { retry: { code: 'CREDENTIAL_SEALED', retryable: true } },
      { ending: { status: 'failed', outcome: 'failed', result: { error: { code: 'CREDENTIAL_UNAVAILABLE' } } } },
    ])
  })

  it('does not hold a job that is canceled meanwhile', async () => {
    const shelf = new SecretShelf()
    let asked = (): void => undefined
    const waiting = new Promise<void>((resolve) => (asked = resolve))
    shelf.fetch = () => {
      asked()
      return new Promise(() => undefined)
    }
    const { engine } = await benchOf(shelf)
    const { id } = await engine.submit(named('r1'))
    await waiting
    await engine.cancel(id)
    expect((await engine.wait(id)).status).toBe('canceled')
  })
})

async function benchOf(shelf: SecretShelf) {
  const engine = await startBench(new ScriptedNetwork(), { setup: { credentials: shelf.resolver() } })
  started.push(engine)
  return { engine }
}

describe('references resolved by the controller', () => {
  it('are gone from the job, which carries the values sealed', async () => {
    const { engine, network, shelf } = await bench({ credentials: { resolve: 'controller' } })
    const stored = await engine.submit(named('r1'))
    expect(shelf.asked).toEqual(['core'])
    expect(stored.request.credential).toBeUndefined()
    expect((await engine.wait(stored.id)).outcome).toBe('succeeded')
    expect(network.device('r1').inputs).toContain('netops:show version')
    expect(shelf.asked).toHaveLength(1)
  })

  it('that lead nowhere are refused at once', async () => {
    const { engine } = await bench({ credentials: { resolve: 'controller' } })
    expect(await codeOf(engine.submit(named('r1', { credential: { ref: 'nothing' } })))).toBe('CREDENTIAL_NOT_FOUND')
  })
})

describe('a test', () => {
  it('of a connection logs in by reference', async () => {
    const { engine, shelf } = await bench()
    const test = (ref: string) =>
      engine.testConnection({ driver: 'scripted', connectionArgs: { host: 'r1' }, credential: { ref } })
    expect(await test('core')).toMatchObject({ success: true })
    shelf.secrets.set('bad', { username: 'u', password: 'wrong' })
    expect(await test('bad')).toMatchObject({ success: false, error: { code: 'AUTH_FAILED' } })
    expect(await test('nothing')).toMatchObject({ success: false, error: { code: 'CREDENTIAL_NOT_FOUND' } })
    expect(await codeOf(test('..'))).toBe('CREDENTIAL_REFERENCE_INVALID')
  })

  it('of a reference names fields and options, and no value', async () => {
    const { engine } = await bench()
    const found = await engine.testCredential({ ref: 'core' })
    expect(found).toEqual({ provider: 'shelf', fields: ['password', 'username'], options: ['username', 'password'] })
    expect(await codeOf(engine.testCredential({ ref: 'nothing' }))).toBe('CREDENTIAL_NOT_FOUND')
  })
})

describe('the option credentials', () => {
  const wrong: readonly { name: string; providers: object; says: RegExp }[] = [
    { name: 'an unknown plugin', providers: { a: { plugin: 'vualt' } }, says: /did you mean "vault"/ },
    {
      name: 'a misspelt option',
      providers: { a: { plugin: 'file', options: { fil: 'x' } } },
      says: /provider a.*did you mean "file"/s,
    },
    { name: 'no plugin', providers: { a: {} }, says: /plugin: is required/ },
    { name: 'a time of a day', providers: { a: { plugin: 'env', cacheTtlSeconds: 86_400 } }, says: /cacheTtlSeconds/ },
    {
      name: 'an allowed path that goes up',
      providers: { a: { plugin: 'env', allowedPaths: ['a/..'] } },
      says: /allowed_paths/,
    },
    { name: 'an empty name', providers: { '': { plugin: 'env' } }, says: /providers/ },
  ]
  it.each(wrong)('is refused at the start with $name', async ({ providers, says }) => {
    const options = { store: 'memory:', credentials: { providers } } as NetPulseOptions
    await expect(createNetPulse(options)).rejects.toThrow(says)
  })

  it('opens the built-in providers, the file with the keyring of the store', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netpulse-engine-credentials-'))
    process.env['NETPULSE_CRED_ENGINETEST_PASSWORD'] = 'env-pa55word'
    try {
      const file = join(folder, 'credentials.json')
      const providers = { local: { plugin: 'file', options: { file } }, machine: { plugin: 'env' } }
      const netpulse = await createNetPulse({ store: join(folder, 'store'), work: 'all', credentials: { providers } })
      await using _closing = netpulse
      const keyring = await loadKeyring(join(folder, 'store', 'keyring.json'))
      await openCredentialFile(file, keyring).set('core/r1', { username: 'u', password: 'file-pa55word' })
      expect(await readFile(file, 'utf8')).not.toContain('file-pa55word')
      expect((await netpulse.testCredential({ name: 'local', ref: 'core/r1' })).fields).toEqual([
        'password',
        'username',
      ])
      const mapping = { fieldMapping: { password: 'password' } }
      const fromEnv = await netpulse.testCredential({ name: 'machine', ref: 'ENGINETEST', ...mapping })
      expect(fromEnv.fields).toEqual(['password'])
    } finally {
      delete process.env['NETPULSE_CRED_ENGINETEST_PASSWORD']
      await rm(folder, { recursive: true })
    }
  })
})
