import { afterEach, expect, it } from 'vitest'
import { isNetPulseError, silentLogger } from '@netpulse/core'
import type { RedisServer } from '../../../../tools/test/redis-server.mjs'
import { consumeBee } from '../../src/bee/consume-bee.js'
import { connectRedis } from '../../src/connection/connections.js'
import type { RedisOptions } from '../../src/connection/redis-options.js'
import { connectionNames, pushDelivery } from '../support/bee.js'
import { Recorder } from '../support/recorder.js'
import { describeOwnRedis, LogBook, RedisBench } from '../support/redis.js'

const bench = new RedisBench()
afterEach(() => bench.close())

const address = ({ port }: RedisServer): string => `127.0.0.1:${port}`

/** A Sentinel that watches a master; one is enough to decide. */
async function sentinel(master: RedisServer, config: readonly string[] = []): Promise<RedisServer> {
  return bench.server({
    sentinel: [
      `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds mymaster 300',
      'sentinel failover-timeout mymaster 1000',
      ...config,
    ],
  })
}

async function refusal(options: RedisOptions): Promise<string> {
  const error: unknown = await connectRedis(options, silentLogger).then(
    (connections) => connections.close(),
    (reason: unknown) => reason,
  )
  if (!isNetPulseError(error)) throw new Error('the start was not refused')
  return `${error.code}: ${error.message}`
}

describeOwnRedis('Redis behind Sentinels', () => {
  it('is found by any of several, for every connection, bee-queue included', async () => {
    const master = await bench.server()
    const [dead, living] = [await bench.server(), await sentinel(master)]
    await dead.kill()
    const connections = await bench.connect({ sentinel: { addresses: [address(dead), address(living)] } })
    const calls = new Recorder<string>()
    const run = async (id: string): Promise<void> => calls.add(id)
    const running = await consumeBee({ connections, name: 'FifoQ', concurrency: 1, run, log: silentLogger })
    bench.onEnd(() => running.drain())
    await pushDelivery(bench.client(master.url), connections.prefix, 'FifoQ', 'j1')
    expect(await calls.count(1)).toEqual(['j1'])
    expect(
      [...(await connectionNames(connections.commands))].filter((name) => name.startsWith('netpulse')).sort(),
    ).toEqual(['netpulse-blocking', 'netpulse-commands', 'netpulse-subscriber'])
  })

  it('is followed to the new master after a failover', async () => {
    const master = await bench.server()
    const replica = await bench.server({ args: ['--replicaof', '127.0.0.1', String(master.port)] })
    const admin = bench.client(replica.url)
    await expect
      .poll(async () => String(await admin.info('replication')), { timeout: 10_000 })
      .toContain('link_status:up')
    const watcher = await sentinel(master)
    const asked = bench.client(watcher.url)
    await expect.poll(async () => String(await asked.info('sentinel')), { timeout: 15_000 }).toContain('slaves=1')
    const log = new LogBook()
    const connections = await bench.connect({ sentinel: { addresses: [address(watcher)] } }, log)
    const calls = new Recorder<string>()
    const run = async (id: string): Promise<void> => calls.add(id)
    const running = await consumeBee({ connections, name: 'FifoQ', concurrency: 1, run, log: silentLogger })
    bench.onEnd(() => running.drain())
    await master.kill()
    await log.line(/is back/)
    const { commands, prefix } = connections
    await pushDelivery(commands, prefix, 'FifoQ', 'j1')
    expect(await calls.count(1)).toEqual(['j1'])
    expect(String(await commands.info('server'))).toContain(`tcp_port:${replica.port}`)
  }, 60_000)

  it('says that none answers, that none knows the master, that a password is wanted or wrong', async () => {
    const master = await bench.server()
    const [dead, alsoDead] = [await bench.server(), await bench.server()]
    await Promise.all([dead.kill(), alsoDead.kill()])
    const addresses = [address(dead), address(alsoDead)]
    expect(await refusal({ sentinel: { addresses } })).toBe(
      `REDIS_UNREACHABLE: Sentinel at ${addresses.join(', ')}: none answers.`,
    )
    const open = await sentinel(master)
    expect(await refusal({ sentinel: { addresses: [address(open)], masterName: 'other' } })).toBe(
      `REDIS_REFUSED: Sentinel at ${address(open)}: none knows a master 'other'.`,
    )
    const closed = await sentinel(master, ['requirepass s3cret'])
    expect(await refusal({ sentinel: { addresses: [address(closed)] } })).toBe(
      `REDIS_REFUSED: Sentinel at ${address(closed)} refused: it needs a password.`,
    )
    expect(await refusal({ sentinel: { addresses: [address(closed)], password: 'wrong' } })).toBe(
      `REDIS_REFUSED: Sentinel at ${address(closed)} refused: wrong password.`,
    )
    const right = await bench.connect({ sentinel: { addresses: [address(closed)], password: 's3cret' } })
    expect(await right.commands.ping()).toBe('PONG')
  })

  it('says that the master itself wants another password', async () => {
    const master = await bench.server({ password: 's3cret' })
    const watcher = await sentinel(master, ['sentinel auth-pass mymaster s3cret'])
    expect(await refusal({ sentinel: { addresses: [address(watcher)] } })).toBe(
      "REDIS_REFUSED: Redis master 'mymaster' refused: it needs a password.",
    )
    const right = await bench.connect({ sentinel: { addresses: [address(watcher)] }, password: 's3cret' })
    expect(await right.commands.ping()).toBe('PONG')
  })
})
