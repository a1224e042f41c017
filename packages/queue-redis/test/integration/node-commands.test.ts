import type { JsonObject, NodeId } from '@netpulse/core'
import { asNodeId, silentLogger } from '@netpulse/core'
import { afterEach, expect, it } from 'vitest'
import { RedisNodeCommands } from '../../src/bee/redis-node-commands.js'
import type { Connections } from '../../src/connection/connections.js'
import { beeState } from '../support/bee.js'
import { gate, Recorder } from '../support/recorder.js'
import { describeOwnRedis, describeRedis, LogBook, RedisBench } from '../support/redis.js'

const bench = new RedisBench()
afterEach(() => bench.close())

const node: NodeId = asNodeId('n1')
const queue = 'NodeQ_n1'

async function receive(
  commands: RedisNodeCommands,
  run: (command: JsonObject) => Promise<void> = async () => undefined,
) {
  const received = new Recorder<JsonObject>()
  const running = await commands.consume(node, async (command) => {
    received.add(command)
    await run(command)
  })
  bench.onEnd(() => running.drain())
  return { received, running }
}

const nodeCommands = (connections: Connections, nowMs?: () => number): RedisNodeCommands => {
  const time = nowMs === undefined ? {} : { nowMs: async () => nowMs() }
  return new RedisNodeCommands({ connections, log: silentLogger, ...time })
}

describeRedis('commands to a node', () => {
  it('come in order, whatever was sent before the node listened', async () => {
    const connections = await bench.connect(await bench.place())
    const commands = nodeCommands(connections)
    for (const n of [1, 2, 3]) await commands.send(node, { end: `w${n}`, deep: { list: [n] } })
    const { received, running } = await receive(commands)
    await commands.send(node, { end: 'w4' })
    expect((await received.count(4)).map(({ end }) => end)).toEqual(['w1', 'w2', 'w3', 'w4'])
    expect(received.items[0]).toEqual({ end: 'w1', deep: { list: [1] } })
    await running.drain()
    expect(await beeState(connections.commands, connections.prefix, queue)).toMatchObject({ jobs: [], active: [] })
  })

  it('are not run when they are older than a minute, however long a dead node stays away', async () => {
    let nowMs = 1_000_000
    const connections = await bench.connect(await bench.place())
    const commands = nodeCommands(connections, () => nowMs)
    await commands.send(node, { n: 1 })
    nowMs += 60_001
    await commands.send(node, { n: 2 })
    const { received, running } = await receive(commands)
    expect(await received.count(1)).toEqual([{ n: 2 }])
    await running.drain()
  })

  it('vanish by themselves when the node never comes', async () => {
    const connections = await bench.connect(await bench.place())
    await nodeCommands(connections).send(node, { n: 1 })
    const keys: string[] = await connections.commands.keys(`${connections.prefix}*`)
    expect(keys.length).toBe(2)
    for (const key of keys) {
      const left = await connections.commands.pttl(key)
      expect(left).toBeGreaterThan(60_000)
      expect(left).toBeLessThanOrEqual(120_000)
    }
  })

  it('that an earlier life took and did not end are run again first, in their order', async () => {
    const place = await bench.place()
    const [before, after] = [await bench.connect(place), await bench.connect(place)]
    const stuck = gate()
    const { received } = await receive(nodeCommands(before), () => stuck.opened)
    const commands = nodeCommands(after)
    await commands.send(node, { n: 1 })
    await received.count(1)
    await commands.send(node, { n: 2 })
    // The earlier life is gone: its connection ends in the middle of a command.
    await before.close()
    const later = await receive(commands)
    expect(await later.received.count(2)).toEqual([{ n: 1 }, { n: 2 }])
    await later.running.drain()
    stuck.open()
  })
})

describeOwnRedis('commands to a node and a restart of Redis', () => {
  it('go on', async () => {
    const server = await bench.server({ appendonly: true, args: ['--appendfsync', 'always'] })
    const log = new LogBook()
    const connections = await bench.connect({ url: server.url }, log)
    const commands = nodeCommands(connections)
    const { received } = await receive(commands)
    await commands.send(node, { n: 1 })
    await received.count(1)
    await server.kill()
    await log.line(/is lost/)
    const sent = commands.send(node, { n: 2 })
    await server.restart()
    await sent
    expect(await received.count(2)).toEqual([{ n: 1 }, { n: 2 }])
  })
})
