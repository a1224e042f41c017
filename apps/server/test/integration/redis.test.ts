import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedisServer } from '../../../../tools/test/redis-server.mjs'
import { redisSource, startRedis } from '../../../../tools/test/redis-server.mjs'
import { runProgram, startProgram, temporaryFolder } from '../support/server-process.js'

const source = redisSource()
const title = source.kind === 'program' ? 'on Redis' : 'on Redis (skipped: needs a redis-server of its own)'

describe.skipIf(source.kind !== 'program')(`the program netpulse-server ${title}`, { timeout: 30_000 }, () => {
  let redis: RedisServer
  let prefix = 0

  beforeAll(async () => {
    redis = await startRedis({ password: 'correct-horse' })
  })

  afterAll(() => redis.stop())

  async function deployment() {
    const folder = await temporaryFolder()
    const env = { NETPULSE_REDIS__URL: redis.url, NETPULSE_REDIS__KEY_PREFIX: `test-${prefix++}` }
    const keyring = { NETPULSE_KEYRING_FILE: join(folder.path, 'keyring.json') }
    return { ...folder, options: { cwd: folder.path, env: { ...env, ...keyring } } }
  }

  it('is a controller: there is nobody to run a job', async () => {
    await using place = await deployment()
    await using server = await startProgram([], place.options)
    const login = { device_type: 'cisco_iosxe', host: '192.0.2.1', username: 'u', password: 'p' }
    const request = { driver: 'cli', connection_args: login, command: 'show version' }
    const answer = await server.request('POST', '/device/exec', request)
    expect([answer.status, answer.json['code']]).toEqual([503, 'NO_WORKER'])
    expect((await server.request('GET', '/workers')).json).toEqual([])
    server.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ code: 0 })
  })

  it('several from one folder share their keys, and one of them makes the first', async () => {
    await using place = await deployment()
    await using one = await startProgram([], place.options)
    await using two = await startProgram([], place.options)
    expect([one.key !== '', two.key]).toEqual([true, ''])
    expect((await two.request('GET', '/jobs', undefined, one.key)).status).toBe(200)
    const keys = async (...args: string[]) => {
      await using program = runProgram(['keys', ...args], place.options)
      return await program.ended
    }
    const added = await keys('add', '--name', 'ci', '--role', 'viewer')
    const key = added.stdout.trim()
    for (const server of [one, two]) expect((await server.request('GET', '/jobs', undefined, key)).status).toBe(200)
    expect((await keys('list')).stdout.trim().split('\n')).toHaveLength(2)
    expect(await keys('revoke', key.slice(3, 11))).toMatchObject({ code: 0 })
    for (const server of [one, two])
      await expect.poll(async () => (await server.request('GET', '/jobs', undefined, key)).status).toBe(403)
  })

  it('a key that one of them made, turned or ended over HTTP is so at the other', async () => {
    await using place = await deployment()
    await using one = await startProgram([], place.options)
    await using two = await startProgram([], place.options)
    const made = (await one.request('POST', '/keys', { name: 'ci', role: 'viewer' })).json as {
      id: string
      key: string
    }
    const works = async (server: typeof one, key: string) =>
      (await server.request('GET', '/jobs', undefined, key)).status
    expect([await works(one, made.key), await works(two, made.key)]).toEqual([200, 200])
    const turned = await two.request('POST', `/keys/${made.id}/rotate`, { overlap_seconds: 60 }, one.key)
    const { key } = turned.json as { key: string }
    await expect.poll(() => works(one, key)).toBe(200)
    expect([await works(one, made.key), await works(two, made.key)]).toEqual([200, 200])
    expect((await two.request('DELETE', `/keys/${made.id}`, undefined, one.key)).status).toBe(200)
    expect([await works(two, key), await works(two, made.key)]).toEqual([403, 403])
    await expect.poll(() => works(one, key)).toBe(403)
  })

  it('runs jobs itself when told to', async () => {
    await using place = await deployment()
    await using server = await startProgram([], {
      ...place.options,
      env: { ...place.options.env, NETPULSE_WORKER__MODE: 'all' },
    })
    const workers = (await server.request('GET', '/workers')).json as unknown as readonly { type: string }[]
    expect(workers.map(({ type }) => type).sort()).toEqual(['fifo', 'node'])
  })

  const refused: readonly { name: string; args?: string[]; env: Record<string, string>; says: RegExp }[] = [
    { name: 'a wrong password', env: { NETPULSE_REDIS__PASSWORD: 'wrong' }, says: /wrong password/i },
    { name: 'no Redis', env: { NETPULSE_REDIS__URL: 'redis://127.0.0.1:1' }, says: /127\.0\.0\.1:1/ },
    { name: 'an address that is none', env: { NETPULSE_REDIS__URL: 'http://r' }, says: /redis/i },
    { name: '--embedded', args: ['--embedded'], env: {}, says: /--embedded keeps jobs/ },
    { name: 'a store in memory', args: ['--store', 'memory:'], env: {}, says: /must be a folder/ },
    {
      name: 'a certificate that is missing',
      env: { NETPULSE_REDIS__TLS__CA: 'no.pem' },
      says: /no\.pem of redis\.tls/,
    },
  ]
  it.each(refused)('ends with 2 and one line for $name', async ({ args = [], env, says }) => {
    await using place = await deployment()
    const all = { ...place.options.env, NETPULSE_REDIS__CONNECT_TIMEOUT: '0.5', ...env }
    await using program = runProgram(['--port', '0', ...args], { cwd: place.path, env: all })
    const { code, stderr, stdout } = await program.ended
    expect([code, stdout]).toEqual([2, ''])
    const lines = stderr.split('\n').filter((line) => line.startsWith('netpulse-server: '))
    expect(lines.join()).toMatch(says)
    expect(lines).toHaveLength(1)
    expect(stderr).not.toMatch(/ {4}at |correct-horse/)
  })
})
