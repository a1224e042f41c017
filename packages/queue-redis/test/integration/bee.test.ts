import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import BeeQueue from 'bee-queue'
import { afterEach, expect, it } from 'vitest'
import { beeJobJson, beeJobLua, beeKeys, beePrefix } from '../../src/bee/bee-job.js'
import { consumeBee } from '../../src/bee/consume-bee.js'
import type { Connections } from '../../src/connection/connections.js'
import { beeState, connectionNames, pushDelivery } from '../support/bee.js'
import { gate, Recorder } from '../support/recorder.js'
import { describeOwnRedis, describeRedis, LogBook, RedisBench } from '../support/redis.js'

const bench = new RedisBench()
afterEach(() => bench.close())

const name = 'FifoQ'

interface Consuming {
  readonly connections: Connections
  readonly run?: (jobId: string) => Promise<void>
  readonly concurrency?: number
  readonly stallIntervalMs?: number
  readonly log?: LogBook
}

/** A consumer, and what it was called with. */
async function consume({ connections, run, concurrency = 1, stallIntervalMs = 5_000, log = new LogBook() }: Consuming) {
  const calls = new Recorder<string>()
  const running = await consumeBee({
    connections,
    name,
    concurrency,
    stallIntervalMs,
    log,
    run: async (jobId) => {
      calls.add(jobId)
      await run?.(jobId)
    },
  })
  bench.onEnd(() => running.drain())
  return { running, calls, log }
}

const push = ({ commands, prefix }: Connections, jobId: string) => pushDelivery(commands, prefix, name, jobId)
/** Resolves when the consumer's pop waits in Redis. */
const blockedPop = ({ commands }: Connections): Promise<void> =>
  expect
    .poll(async () => String(await commands.client('LIST')))
    .toMatch(/name=netpulse-blocking-\S+ .*flags=b .*cmd=brpoplpush/)

interface IsClient {
  isClient(client: unknown): boolean
}

/** The ports that this process connects to, or tries to, from now on. */
function watchPorts(): ReadonlySet<unknown> {
  const ports = new Set<unknown>()
  const onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    socket.once('connect', () => ports.add(socket.remotePort))
    socket.once('error', (error: Error & { readonly port?: number }) => ports.add(error.port))
  }
  subscribe('net.client.socket', onSocket)
  bench.onEnd(async () => void unsubscribe('net.client.socket', onSocket))
  return ports
}

const state = ({ commands, prefix }: Connections) => beeState(commands, prefix, name)
const empty = { jobs: [], waiting: [], active: [], stalling: [] }

describeRedis('a delivery through bee-queue', () => {
  it('is written by us to the letter as bee-queue itself would', async () => {
    const place = await bench.place()
    const { commands, prefix } = await bench.connect(place)
    const queue = new BeeQueue(name, {
      prefix: beePrefix(prefix),
      redis: commands as never,
      isWorker: false,
      getEvents: false,
    })
    bench.onEnd(() => queue.close())
    const saved = await queue.createJob({ id: 'j1' }).setId('j1.1').save()
    const created = (saved.options as { readonly timestamp: number }).timestamp
    const { jobs, waiting } = beeKeys(prefix, name)
    const stored = await commands.hget(jobs, 'j1.1')
    expect(await commands.lrange(waiting, 0, -1)).toEqual(['j1.1'])
    expect(beeJobJson({ id: 'j1' }, created)).toBe(stored)
    const lua = `${beeJobLua} return beeJobJson(ARGV[1], ARGV[2])`
    expect(await commands.eval(lua, 0, '{"id":"j1"}', created)).toBe(stored)
  })

  it('is run once and leaves nothing behind, whatever its handler returns', async () => {
    const connections = await bench.connect(await bench.place())
    const answer = (async () => 'canary-result') as unknown as () => Promise<void>
    const { calls, running } = await consume({ connections, run: answer })
    await push(connections, 'j1')
    await push(connections, 'j2')
    expect(await calls.count(2)).toEqual(['j1', 'j2'])
    await running.drain()
    expect(await state(connections)).toEqual(empty)
    const left: string[] = await connections.commands.keys(`${connections.prefix}*`)
    expect(left.filter((key) => !key.endsWith(':stallBlock'))).toEqual([])
  })

  it('is gone when its handler rejects, and the log says so', async () => {
    const connections = await bench.connect(await bench.place())
    const refuse = async (id: string): Promise<void> => {
      if (id === 'j1') throw new Error('boom')
    }
    const { calls, running, log } = await consume({ connections, run: refuse })
    await push(connections, 'j1')
    await push(connections, 'j2')
    expect(await calls.count(2)).toEqual(['j1', 'j2'])
    await running.drain()
    expect(await state(connections)).toEqual(empty)
    expect(log.matching(/A delivery failed/)).toHaveLength(1)
  })

  it('is skipped when it was removed from the jobs, and the consumer goes on', async () => {
    const connections = await bench.connect(await bench.place())
    const { jobs } = beeKeys(connections.prefix, name)
    const removed = await push(connections, 'j1')
    await connections.commands.hdel(jobs, removed)
    await push(connections, 'j2')
    const { calls, running } = await consume({ connections, stallIntervalMs: 100 })
    expect(await calls.count(1)).toEqual(['j2'])
    // bee-queue leaves the skipped id in `active`; two stall checks later it is swept out.
    await expect.poll(() => state(connections)).toEqual(empty)
    expect(calls.items).toEqual(['j2'])
    await running.drain()
  })

  it('is run again, uncounted and behind the others, when its consumer has stalled', async () => {
    const place = await bench.place()
    const [lost, living] = [await bench.connect(place), await bench.connect(place)]
    const delivery = await push(lost, 'j1')
    const { waiting, active } = beeKeys(lost.prefix, name)
    // What a consumer leaves that was killed after it had taken the id.
    await lost.commands.rpoplpush(waiting, active)
    const busy = gate()
    const { calls, running } = await consume({ connections: living, stallIntervalMs: 100, run: () => busy.opened })
    await push(living, 'j2')
    await push(living, 'j3')
    await calls.count(1)
    await expect.poll(() => state(living).then((now) => now.waiting)).toEqual([delivery, 'j3.1'])
    busy.open()
    expect(await calls.count(3)).toEqual(['j2', 'j3', 'j1'])
    await running.drain()
    expect(await state(living)).toEqual(empty)
  })

  it('is run once more while its handler is still at it, when no sign of life gets through', async () => {
    const place = await bench.place()
    const connections = await bench.connect(place)
    const other = await bench.connect(place)
    const busy = gate()
    const first = await consume({ connections, stallIntervalMs: 600_000, run: () => busy.opened })
    await push(connections, 'j1')
    await first.calls.count(1)
    await connections.commands.del(`${beePrefix(connections.prefix)}:${name}:stallBlock`)
    const second = await consume({ connections: other, stallIntervalMs: 100 })
    expect(await second.calls.count(1)).toEqual(['j1'])
    busy.open()
    await Promise.all([first.running.drain(), second.running.drain()])
  })
})

describeRedis('the drain of a bee consumer', () => {
  it('takes no further delivery and waits for the running ones, however long', async () => {
    const connections = await bench.connect(await bench.place())
    const busy = gate()
    const { calls, running } = await consume({ connections, run: () => busy.opened })
    await push(connections, 'j1')
    await push(connections, 'j2')
    await calls.count(1)
    let over = false
    const drained = running.drain().then(() => (over = true))
    await push(connections, 'j3')
    expect(over).toBe(false)
    busy.open()
    await drained
    expect(calls.items).toEqual(['j1'])
    expect(await state(connections)).toMatchObject({ waiting: ['j3.1', 'j2.1'], active: [] })
  })

  it('puts a delivery back at once, as the next one, that comes while it begins', async () => {
    const connections = await bench.connect(await bench.place())
    const { calls, running } = await consume({ connections })
    await blockedPop(connections)
    // Redis runs these after the drain's first question and before its second step: the waiting pop gets the first.
    const drained = running.drain()
    await Promise.all([push(connections, 'j1'), push(connections, 'j2')])
    await drained
    expect(calls.items).toEqual([])
    expect(await state(connections)).toMatchObject({ waiting: ['j2.1', 'j1.1'], active: [], stalling: [] })
    const next = await consume({ connections })
    expect(await next.calls.count(2)).toEqual(['j1', 'j2'])
    await next.running.drain()
    expect(await state(connections)).toEqual(empty)
  })

  it('ends the blocking connection and keeps the shared one', async () => {
    const connections = await bench.connect(await bench.place())
    const { running } = await consume({ connections })
    await running.drain()
    await running.drain()
    expect(await connections.commands.ping()).toBe('PONG')
    const own = connections.commands.options.connectionName!
    await expect.poll(() => connectionNames(connections.commands)).not.toContain('netpulse-blocking')
    expect(own).toMatch(/^netpulse-commands-/)
  })
})

describeOwnRedis('bee-queue on our connections', () => {
  it('costs one connection per consuming queue, none at another address, whatever the load', async () => {
    const ports = watchPorts()
    const server = await bench.server()
    const connections = await bench.connect({ url: server.url })
    const before = await connectionNames(connections.commands)
    expect([...before].sort()).toEqual(['netpulse-commands', 'netpulse-subscriber'])
    const { calls } = await consume({ connections, concurrency: 20 })
    for (let n = 0; n < 200; n++) await push(connections, `j${n}`)
    await calls.count(200)
    const after = await connectionNames(connections.commands)
    expect([...after].sort()).toEqual(['netpulse-blocking', 'netpulse-commands', 'netpulse-subscriber'])
    expect(ports).toEqual(new Set([server.port]))
  })

  it('needs our client: bee-queue takes a plain one of ioredis for options that name no host', async () => {
    const server = await bench.server()
    const { commands } = await bench.connect({ url: server.url })
    const { isClient } = createRequire(import.meta.url)('bee-queue/lib/redis.js') as IsClient
    expect(isClient(bench.client(server.url))).toBe(false)
    expect(isClient(commands)).toBe(true)
  })

  it('goes on after Redis was killed and came back without its scripts', async () => {
    const server = await bench.server({ appendonly: true, args: ['--appendfsync', 'always'] })
    const log = new LogBook()
    const connections = await bench.connect({ url: server.url }, log)
    const { calls } = await consume({ connections, stallIntervalMs: 200, log })
    await push(connections, 'j1')
    await calls.count(1)
    await expect.poll(() => state(connections)).toEqual(empty)
    await server.kill()
    await server.restart()
    await log.line(/is back/)
    await push(connections, 'j2')
    expect(await calls.count(2)).toEqual(['j1', 'j2'])
    // A delivery of a dead consumer is found, which needs bee-queue's script.
    const { waiting, active } = beeKeys(connections.prefix, name)
    const { jobs } = beeKeys(connections.prefix, name)
    await connections.commands
      .multi()
      .hset(jobs, 'j3.1', beeJobJson({ id: 'j3' }, 1))
      .lpush(active, 'j3.1')
      .exec()
    expect(await calls.count(3)).toEqual(['j1', 'j2', 'j3'])
    expect(await connections.commands.llen(waiting)).toBe(0)
    expect(log.matching(/bee-queue met an error/)).toEqual([])
  })

  it('finds its scripts again after SCRIPT FLUSH', async () => {
    const connections = await bench.connect({ url: (await bench.server()).url })
    const { calls, log } = await consume({ connections, stallIntervalMs: 100 })
    await connections.commands.script('FLUSH')
    const { active, jobs } = beeKeys(connections.prefix, name)
    await connections.commands
      .multi()
      .hset(jobs, 'j1.1', beeJobJson({ id: 'j1' }, 1))
      .lpush(active, 'j1.1')
      .exec()
    expect(await calls.count(1)).toEqual(['j1'])
    expect(log.matching(/bee-queue met an error/)).toEqual([])
  })

  it('cannot end the shared connection when a consumer is opened while Redis is away', async () => {
    const server = await bench.server()
    const log = new LogBook()
    const connections = await bench.connect({ url: server.url, commandTimeoutMs: 300 }, log)
    await server.kill()
    await expect.poll(() => connections.commands.status).not.toBe('ready')
    await expect(consume({ connections })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true })
    // The next failed attempt is when bee-queue would.
    await once(connections.commands, 'error')
    await server.restart()
    await log.line(/is back/)
    const { calls } = await consume({ connections })
    await push(connections, 'j1')
    expect(await calls.count(1)).toEqual(['j1'])
  })

  it('drains without CLIENT LIST and UNBLOCK too', async () => {
    const acl = ['user ops on >x ~{np}:* &{np}:* +@all -@dangerous +info', 'user default off']
    const server = await bench.server({ acl })
    const connections = await bench.connect({ url: `redis://ops:x@127.0.0.1:${server.port}` })
    const { running } = await consume({ connections })
    await running.drain()
    await push(connections, 'j1')
    expect(await state(connections)).toMatchObject({ waiting: ['j1.1'], active: [] })
  })
})
