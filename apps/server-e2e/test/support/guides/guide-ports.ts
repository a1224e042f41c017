import { createServer } from 'node:net'
import { once } from 'node:events'
import type { Server } from 'node:net'

/** The server's port, those of the simulated devices, of Redis, and of what a guide itself starts. */
const shownPorts = [9000, 9001, 9002, 9003, 9400, 6379, ...Array.from({ length: 10 }, (_, index) => 2201 + index)]

/** A guide has the ports that a reader has; a test has ports of its own, so that nobody is in its way. */
export interface GuidePorts {
  toOwn(text: string): string
  toShown(text: string): string
  readonly own: ReadonlyMap<number, number>
}

/** Tries before the machine is said to have no room. */
const tries = 50

async function listening(port: number): Promise<Server | undefined> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  } catch {
    return undefined // taken: the next row is tried
  }
}

/** The first of a row of ports on which nobody listens: simulated devices stand side by side. */
async function freeRow(length: number): Promise<number> {
  for (let left = tries; left > 0; left--) {
    const first = 20_000 + Math.floor(Math.random() * 12_000)
    const servers = await Promise.all(Array.from({ length }, (_, index) => listening(first + index)))
    const isFree = servers.every((server) => server !== undefined)
    await Promise.all(servers.map((server) => server && once(server.close(), 'close')))
    if (isFree) return first
  }
  throw new Error(`no ${length} free ports in a row after ${tries} tries`)
}

/** Ports that are free now, one for each that guides name. */
export async function freePorts(): Promise<GuidePorts> {
  const first = await freeRow(shownPorts.length)
  const own = new Map(shownPorts.map((port, index) => [port, first + index]))
  const shown = new Map([...own].map(([port, other]) => [other, port]))
  const mapped = (text: string, ports: ReadonlyMap<number, number>): string =>
    text.replaceAll(new RegExp(`(?<![\\w.])(${[...ports.keys()].join('|')})(?![\\w.]*\\w)`, 'g'), (port) =>
      String(ports.get(Number(port))),
    )
  return { own, toOwn: (text) => mapped(text, own), toShown: (text) => mapped(text, shown) }
}
