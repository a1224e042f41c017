import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { isNetPulseError } from '@netpulse/core'
import type { RedisServer } from '../../../../tools/test/redis-server.mjs'
import { afterEach, expect, it } from 'vitest'
import { connectRedis } from '../../src/connection/connections.js'
import type { RedisOptions } from '../../src/connection/redis-options.js'
import { describeOwnRedis, LogBook, RedisBench } from '../support/redis.js'

const bench = new RedisBench()
afterEach(() => bench.close())

const secret = 'canary-s3cret'

/** Code and message of a refused start; no secret in it, causes included. */
async function refusal(options: RedisOptions): Promise<string> {
  const log = new LogBook()
  const error: unknown = await connectRedis(options, log).then(
    (connections) => connections.close(),
    (reason: unknown) => reason,
  )
  if (!isNetPulseError(error)) throw new Error(`the start was not refused: ${String(error)}`)
  const cause = error.cause instanceof Error ? { ...error.cause, text: error.cause.stack } : error.cause
  expect(JSON.stringify([error.message, error.details, cause, log.lines])).not.toContain(secret)
  return `${error.code}: ${error.message}`
}

const at = ({ port }: RedisServer): string => `Redis at 127.0.0.1:${port}`
const plain = ({ port }: RedisServer): string => `redis://127.0.0.1:${port}`

describeOwnRedis('the start on Redis', () => {
  it('is refused with "wrong password"', async () => {
    const server = await bench.server({ password: 'right' })
    expect(await refusal({ url: plain(server), password: secret })).toBe(
      `REDIS_REFUSED: ${at(server)} refused: wrong password.`,
    )
    expect(await refusal({ url: `redis://ops:${secret}@127.0.0.1:${server.port}` })).toBe(
      `REDIS_REFUSED: ${at(server)} refused: wrong password for user 'ops'.`,
    )
  })

  it('is refused with "needs a password"', async () => {
    const server = await bench.server({ password: secret })
    expect(await refusal({ url: plain(server) })).toBe(`REDIS_REFUSED: ${at(server)} refused: it needs a password.`)
  })

  it('says that nobody listens', async () => {
    const server = await bench.server()
    await server.kill()
    expect(await refusal({ url: plain(server) })).toBe(
      `REDIS_UNREACHABLE: ${at(server)} is not reachable: connection refused.`,
    )
  })

  it('says that the host name is not known', async () => {
    expect(await refusal({ url: 'redis://redis.invalid' })).toMatch(
      /^REDIS_UNREACHABLE: Redis at redis\.invalid:6379 is not reachable: (the host name is not known|the name service)/,
    )
  })

  it('says that the server takes the connection and answers nothing', async () => {
    const server = await bench.server()
    server.pause()
    expect(await refusal({ url: plain(server), commandTimeoutMs: 200 })).toBe(
      `REDIS_UNREACHABLE: ${at(server)} is not reachable: it took the connection, but answers nothing within 200 ms.`,
    )
  })

  it('says that the database does not exist', async () => {
    const server = await bench.server()
    expect(await refusal({ url: `${plain(server)}/77` })).toBe(
      `REDIS_REFUSED: ${at(server)} refused: it has no database 77.`,
    )
  })

  it('says that the server is a replica', async () => {
    const master = await bench.server()
    const replica = await bench.server({ args: ['--replicaof', '127.0.0.1', String(master.port)] })
    expect(await refusal({ url: plain(replica) })).toBe(
      `REDIS_REFUSED: ${at(replica)} refused: it is a replica; give the address of the master.`,
    )
  })

  const rights = [
    { name: 'a command', acl: '~{np}:* &{np}:* +@all -evalsha', says: "user 'ops' may not run EVALSHA" },
    { name: 'a command inside a script', acl: '~{np}:* &{np}:* +@all -xadd', says: "user 'ops' may not run XADD" },
    { name: 'a blocking command', acl: '~{np}:* &{np}:* +@all -brpoplpush', says: "user 'ops' may not run BRPOPLPUSH" },
    { name: 'INFO', acl: '~{np}:* &{np}:* +@all -info', says: "user 'ops' may not run INFO" },
    {
      name: 'the keys',
      acl: '~other:* &{np}:* +@all',
      says: "user 'ops' may not touch keys that begin with {np}: (ACL: ~{np}:*)",
    },
    {
      name: 'the channels',
      acl: '~{np}:* resetchannels +@all',
      says: "user 'ops' may not use channels that begin with {np}: (ACL: &{np}:*)",
    },
  ]
  it.each(rights)('says which right an ACL user lacks: $name', async ({ acl, says }) => {
    const server = await bench.server({ acl: [`user ops on >${secret} ${acl}`, 'user default off'] })
    expect(await refusal({ url: plain(server), username: 'ops', password: secret })).toBe(
      `REDIS_REFUSED: ${at(server)} refused: ${says}.`,
    )
  })

  it('takes an ACL user who has no right but those on its own keys and channels', async () => {
    const acl = [`user ops on >${secret} ~{np}:* &{np}:* +@all -@dangerous +info`, 'user default off']
    const server = await bench.server({ acl })
    const connections = await bench.connect({ url: plain(server), username: 'ops', password: secret })
    expect(await connections.commands.set('{np}:x', '1')).toBe('OK')
  })

  it('leaves no key behind', async () => {
    const server = await bench.server()
    await bench.connect({ url: server.url })
    expect(await bench.client(server.url).dbsize()).toBe(0)
  })

  it('warns about a Redis that throws keys away, and about one that keeps nothing on disk', async () => {
    const server = await bench.server({ args: ['--maxmemory-policy', 'allkeys-lru'] })
    const log = new LogBook()
    await bench.connect({ url: server.url }, log)
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      `warn: ${at(server)} may throw jobs away when its memory is full: set maxmemory-policy to noeviction.`,
      `warn: ${at(server)} does not write jobs to disk at once: a restart loses some. Set appendonly to yes.`,
    ])
    const safe = await bench.server({ appendonly: true })
    const quiet = new LogBook()
    await bench.connect({ url: safe.url }, quiet)
    expect(quiet.lines).toEqual([])
  })

  it('says that the server is too old', async () => {
    const { url } = await oldServer()
    expect(await refusal({ url })).toMatch(
      /^REDIS_TOO_OLD: Redis at 127\.0\.0\.1:\d+ is version 5\.0\.14; 6\.2 or newer is needed\.$/,
    )
  })
})

describeOwnRedis('the start on Redis with TLS', () => {
  it('works with the authority and a client certificate', async () => {
    const server = await bench.server({ tls: true })
    const connections = await bench.connect({ url: server.url, tls: server.tls! })
    expect(await connections.commands.ping()).toBe('PONG')
    await connections.subscriber.subscribe('{np}:x')
    expect(await connections.duplicate().ping()).toBe('PONG')
  })

  it('says what is wrong with the certificates', async () => {
    const server = await bench.server({ tls: true })
    const { ca, cert, key } = server.tls!
    const start = `REDIS_UNREACHABLE: ${at(server)} is not reachable: `
    expect(await refusal({ url: server.url, tls: { cert, key } })).toBe(
      `${start}its certificate is not signed by a known authority; give that authority as \`tls.ca\`.`,
    )
    expect(await refusal({ url: server.url, tls: { ca } })).toBe(
      `${start}it wants to see a client certificate; give \`tls.cert\` and \`tls.key\`.`,
    )
    expect(await refusal({ url: server.url, tls: { ca, cert, key, serverName: 'redis.example.net' } })).toBe(
      `${start}its certificate is for another name; set \`tls.serverName\` to the name it has.`,
    )
  })

  it('says that one side speaks TLS and the other does not', async () => {
    const [secure, open] = [await bench.server({ tls: true }), await bench.server()]
    expect(await refusal({ url: plain(secure) })).toBe(
      `REDIS_UNREACHABLE: ${at(secure)} is not reachable: it closed the connection before it answered; if it expects TLS, use rediss://.`,
    )
    expect(await refusal({ url: `rediss://127.0.0.1:${open.port}`, connectTimeoutMs: 1_000 })).toBe(
      `REDIS_UNREACHABLE: ${at(open)} is not reachable: it does not speak TLS there; use redis://, or its TLS port.`,
    )
  })
})

/** There is no Redis 5 to install: a server that answers INFO as one does. */
async function oldServer(): Promise<{ readonly url: string }> {
  const info = '# Server\r\nredis_version:5.0.14\r\n# Replication\r\nrole:master\r\n'
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      const commands = String(data).match(/\*\d+\r\n\$\d+\r\n(\w+)/g) ?? []
      for (const command of commands) {
        socket.write(/info$/i.test(command) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n')
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  bench.onEnd(async () => server.close())
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
