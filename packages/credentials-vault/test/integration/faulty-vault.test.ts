import { inspect } from 'node:util'
import { coreError } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Scripted } from '../support/scripted-http-server.js'
import { ScriptedHttpServer } from '../support/scripted-http-server.js'
import { failureOf, providerOf, signal } from '../support/vault-under-test.js'
import { WatchedClock } from '../support/watched-clock.js'

const secret: Scripted = { status: 200, body: { data: { data: { password: 'p' }, metadata: { version: 1 } } } }
const token = 's.token-51f0c2'
const appRole = { role_id: 'role', secret_id: 'secret-id-88ab1c' }

const lookup = (ttl: number, renewable = true): Scripted => ({
  status: 200,
  body: { data: { ttl, renewable, expire_time: ttl === 0 ? null : '2030-01-01T00:00:00Z' } },
})
const auth = (name: string, seconds: number, renewable = true): Scripted => ({
  status: 200,
  body: { auth: { client_token: name, lease_duration: seconds, renewable } },
})

let server: ScriptedHttpServer
beforeEach(async () => (server = await ScriptedHttpServer.start()))
afterEach(() => server[Symbol.asyncDispose]())

/** Answers each path by itself; a list gives its answers in order, the last one again and again. */
function script(answers: Readonly<Record<string, Scripted | readonly Scripted[]>>): void {
  const left = new Map(Object.entries(answers).map(([path, list]) => [path, [list].flat() as Scripted[]]))
  server.answer = ({ path }) => {
    const list = left.get(path.replace('/v1/', '')) ?? []
    return (list.length > 1 ? list.shift() : list[0]) ?? { status: 404 }
  }
}

const paths = (): string[] => server.seen.map(({ path }) => path.replace('/v1/', ''))

describe('a Vault that does not answer as it should', () => {
  const failures: readonly { name: string; answer: Scripted; code: string; says: RegExp }[] = [
    { name: 'cuts the connection', answer: 'cut', code: 'CREDENTIAL_UNAVAILABLE', says: /cannot be reached/ },
    { name: 'fails', answer: { status: 500 }, code: 'CREDENTIAL_UNAVAILABLE', says: /status 500/ },
    { name: 'is a standby', answer: { status: 473 }, code: 'CREDENTIAL_UNAVAILABLE', says: /status 473/ },
    { name: 'limits the rate', answer: { status: 429 }, code: 'CREDENTIAL_UNAVAILABLE', says: /status 429/ },
    { name: 'is behind on its index', answer: { status: 412 }, code: 'CREDENTIAL_UNAVAILABLE', says: /status 412/ },
    {
      name: 'points elsewhere',
      answer: { status: 307, location: 'http://127.0.0.1:1/v1/x' },
      code: 'CREDENTIAL_UNAVAILABLE',
      says: /redirect/,
    },
    { name: 'refuses the request', answer: { status: 400 }, code: 'CREDENTIAL_UNREADABLE', says: /KV version 2/ },
    {
      name: 'answers with another form',
      answer: { status: 200, body: { data: [] } },
      code: 'CREDENTIAL_UNREADABLE',
      says: /version 2/,
    },
    {
      name: 'has no room for the answer',
      answer: { status: 200, body: { data: { data: { password: 'x'.repeat(5 * 1024 * 1024) } } } },
      code: 'CREDENTIAL_UNAVAILABLE',
      says: /UND_ERR_RES_EXCEEDED_MAX_SIZE/,
    },
  ]
  it.each(failures)('that $name gives $code', async ({ answer, code, says }) => {
    script({ 'auth/token/lookup-self': lookup(0), 'kv/data/x': answer })
    await using provider = await providerOf({ addr: server.address, token })
    const error: unknown = await provider.fetch({ path: 'x' }, { signal: signal() }).catch((reason: unknown) => reason)
    expect((error as { code: string }).code).toBe(code)
    expect((error as Error).message).toMatch(says)
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token)
  })

  it('that hangs is left after the deadline, which counts login and lookup together', async () => {
    const clock = new WatchedClock()
    script({ 'auth/approle/login': auth('t1', 3600), 'kv/data/x': 'hang' })
    await using provider = await providerOf({ addr: server.address, ...appRole, timeout: 7 }, { clock })
    const failing = failureOf(provider.fetch({ path: 'x' }, { signal: signal() }))
    await server.requests(2)
    await clock.advance(7_000)
    expect(await failing).toEqual({ code: 'CREDENTIAL_UNAVAILABLE', message: 'Vault did not answer within 7 s.' })
  })

  it('that nobody waits for any more is left at once', async () => {
    script({ 'auth/token/lookup-self': lookup(0), 'kv/data/x': 'hang' })
    await using provider = await providerOf({ addr: server.address, token })
    const leaving = new AbortController()
    const failing = failureOf(provider.fetch({ path: 'x' }, { signal: leaving.signal }))
    await server.requests(2)
    leaving.abort(coreError('ABORTED', 'The job was canceled.'))
    expect((await failing).code).toBe('ABORTED')
  })

  it('that is not there says so, with the address', async () => {
    const { address } = server
    await server[Symbol.asyncDispose]()
    await using provider = await providerOf({ addr: address, token })
    const failure = await failureOf(provider.fetch({ path: 'x' }, { signal: signal() }))
    expect(failure.code).toBe('CREDENTIAL_UNAVAILABLE')
    expect(failure.message).toBe(`Vault at ${address.slice(7)} cannot be reached: ECONNREFUSED.`)
    server = await ScriptedHttpServer.start()
  })
})

describe('the login', () => {
  it('is by AppRole again when a renewal brings less than half of what it had: its end is near', async () => {
    const clock = new WatchedClock()
    script({
      'auth/approle/login': [auth('t1', 60), auth('t2', 60)],
      'auth/token/renew-self': [auth('t1', 60), auth('t1', 29)],
      'kv/data/x': secret,
    })
    await using provider = await providerOf({ addr: server.address, ...appRole }, { clock })
    await provider.fetch({ path: 'x' }, { signal: signal() })
    for (let renewal = 0; renewal < 2; renewal++) {
      const planned = clock.timerOf(40_000)
      await clock.advance(40_000)
      await planned
    }
    await provider.fetch({ path: 'x' }, { signal: signal() })
    expect(paths()).toEqual([
      ...['auth/approle/login', 'kv/data/x', 'auth/token/renew-self', 'auth/token/renew-self'],
      ...['auth/approle/login', 'kv/data/x'],
    ])
    expect(server.seen.at(-1)?.token).toBe('t2')
  })

  it('is by AppRole again where it cannot be renewed at all', async () => {
    const clock = new WatchedClock()
    script({ 'auth/approle/login': [auth('t1', 60, false), auth('t2', 60, false)], 'kv/data/x': secret })
    await using provider = await providerOf({ addr: server.address, ...appRole }, { clock })
    await provider.fetch({ path: 'x' }, { signal: signal() })
    const planned = clock.timerOf(40_000)
    await clock.advance(40_000)
    await planned
    await provider.fetch({ path: 'x' }, { signal: signal() })
    expect(server.seen.at(-1)?.token).toBe('t2')
  })

  it('is renewed a little later when the renewal does not reach Vault', async () => {
    const clock = new WatchedClock()
    script({
      'auth/approle/login': auth('t1', 90),
      'auth/token/renew-self': ['cut', { status: 503 }, auth('t1', 90)],
      'kv/data/x': secret,
    })
    await using provider = await providerOf({ addr: server.address, ...appRole, timeout: 7 }, { clock })
    await provider.fetch({ path: 'x' }, { signal: signal() })
    // A third of what is left each time: of 30 s, then of 20 s.
    for (const [afterMs, nextMs] of [
      [60_000, 10_000],
      [10_000, 6_667],
      [6_667, 60_000],
    ] as const) {
      const planned = clock.timerOf(nextMs)
      await clock.advance(afterMs)
      await planned
    }
    expect(paths().filter((path) => path === 'auth/token/renew-self')).toHaveLength(3)
    expect(paths().filter((path) => path === 'auth/approle/login')).toHaveLength(1)
  })

  it('without an AppRole lives out its time and has expired then', async () => {
    const clock = new WatchedClock()
    script({ 'auth/token/lookup-self': lookup(60, false), 'kv/data/x': secret })
    await using provider = await providerOf({ addr: server.address, token }, { clock })
    await provider.fetch({ path: 'x' }, { signal: signal() })
    await clock.advance(59_000)
    expect((await provider.fetch({ path: 'x' }, { signal: signal() })).size).toBe(1)
    await clock.advance(2_000)
    expect((await failureOf(provider.fetch({ path: 'x' }, { signal: signal() }))).code).toBe('CREDENTIAL_LOGIN_EXPIRED')
  })

  it('may be by a token that may read and not look itself up', async () => {
    script({ 'auth/token/lookup-self': { status: 403 }, 'kv/data/x': secret })
    await using provider = await providerOf({ addr: server.address, token })
    expect((await provider.fetch({ path: 'x' }, { signal: signal() })).size).toBe(1)
  })

  it('leaves no timer behind', async () => {
    const clock = new WatchedClock()
    script({ 'auth/approle/login': auth('t1', 60), 'kv/data/x': secret, 'auth/token/revoke-self': { status: 204 } })
    const provider = await providerOf({ addr: server.address, ...appRole }, { clock })
    await provider.fetch({ path: 'x' }, { signal: signal() })
    await provider[Symbol.asyncDispose]()
    expect(clock.pendingTimers).toBe(0)
    expect(paths().at(-1)).toBe('auth/token/revoke-self')
  })
})

describe('the options', () => {
  const wrong = [
    { name: 'no address', options: { token }, says: /addr: is required/ },
    { name: 'no way to log in', options: { addr: 'http://v' }, says: /token: is required/ },
    { name: 'half an AppRole', options: { addr: 'http://v', role_id: 'x' }, says: /secret_id: is required/ },
    { name: 'an address that is none', options: { addr: 'vault:8200', token }, says: /addr/ },
    { name: 'a misspelt key', options: { addr: 'http://v', token, name_space: 'x' }, says: /did you mean "namespace"/ },
    { name: 'a deadline of 0', options: { addr: 'http://v', token, timeout: 0 }, says: /timeout/ },
  ]
  it.each(wrong)('with $name are refused', async ({ options, says }) => {
    await expect(providerOf(options)).rejects.toThrow(says)
  })
})
