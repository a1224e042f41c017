import type { JsonObject } from '@netpulse/core'
import { expect, it } from 'vitest'
import type { OpenWorld } from './contract.js'
import type { World } from './world.js'
import { nodeA, nodeB } from './world.js'

/** Collects the commands of a node; `received` resolves once there are as many as asked for. */
async function collect(
  world: World,
  node = nodeA,
  run: (command: JsonObject) => Promise<void> = async () => undefined,
) {
  const commands: JsonObject[] = []
  let check = (): void => undefined
  const running = await world.backend.commands.consume(node, async (command) => {
    commands.push(command)
    check()
    await run(command)
  })
  const received = (count: number): Promise<readonly JsonObject[]> =>
    new Promise((resolve) => {
      check = () => {
        if (commands.length >= count) resolve(commands)
      }
      check()
    })
  return { running, received }
}

export function commandsContract(open: OpenWorld): void {
  it('brings commands to their node in order, and to no other', async () => {
    const world = await open()
    const [a, b] = [await collect(world, nodeA), await collect(world, nodeB)]
    for (const n of [1, 2, 3]) await world.backend.commands.send(nodeA, { n })
    await world.backend.commands.send(nodeB, { n: 4 })
    expect(await a.received(3)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(await b.received(1)).toEqual([{ n: 4 }])
    await Promise.all([a.running.drain(), b.running.drain()])
  })

  it('keeps a command for a node that comes soon, and forgets it for one that comes late', async () => {
    const world = await open()
    await world.backend.commands.send(nodeA, { n: 1 })
    const soon = await collect(world)
    expect(await soon.received(1)).toEqual([{ n: 1 }])
    await soon.running.drain()
    await world.backend.commands.send(nodeA, { n: 2 })
    await world.advance(61_000)
    await world.backend.commands.send(nodeA, { n: 3 })
    const late = await collect(world)
    expect(await late.received(1)).toEqual([{ n: 3 }])
    await late.running.drain()
  })

  it('goes on after a command that failed', async () => {
    const world = await open()
    const { running, received } = await collect(world, nodeA, async ({ n }) => {
      if (n === 1) throw new Error('no such worker')
    })
    for (const n of [1, 2]) await world.backend.commands.send(nodeA, { n })
    expect(await received(2)).toEqual([{ n: 1 }, { n: 2 }])
    await running.drain()
  })
}
