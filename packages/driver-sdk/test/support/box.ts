import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { asDeviceId } from '@netpulse/core'
import type { TestDevice } from '../../src/testing/driver-under-test.js'

/**
 * A device that takes a line and answers with one: `login WORD`, `show NAME`, `set ...` (into a candidate), `commit`,
 * `discard`, `diff`, `save`, `folder` (where its files are). It never answers `wait`.
 */
export async function startBox(): Promise<TestDevice> {
  const sockets = new Set<Socket>()
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-box-'))
  const state = { running: '', saved: '', folder }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    serve(socket, state)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const closed = (): Promise<unknown> => Promise.all([...sockets].map((socket) => once(socket, 'close')))
  return {
    device: { id: asDeviceId('box'), host: '127.0.0.1', port },
    connection: { token: 'open sesame' },
    wrongCredential: { token: 'open barley' },
    commands: {
      accepted: { command: 'show box', holds: 'I am box' },
      refused: 'shwo box',
      hanging: 'wait',
      hangingOptions: { read_timeout: 0.05 },
    },
    config: {
      accepted: ['set a 1', 'set b 2'],
      refused: 'set',
      isApplied: () => Promise.resolve(state.running === 'set a 1;set b 2'),
      isSaved: () => Promise.resolve(state.saved === 'set a 1;set b 2'),
    },
    files: {
      folder: '/flash',
      read: (path) => readFile(join(folder, path)).catch(() => undefined),
      async write(path, content) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), content)
      },
    },
    async hangUp() {
      const all = closed()
      for (const socket of sockets) socket.destroy()
      await all
    },
    noConnections: async () => void (await Promise.race([closed(), rejectLater('somebody is still connected')])),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
      await rm(folder, { recursive: true })
    },
  }
}

function rejectLater(message: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(message)), 2000).unref())
}

function serve(socket: Socket, state: { running: string; saved: string; folder: string }): void {
  let candidate: string[] = []
  let isIn = false
  const verbs: Record<string, (line: string) => string | undefined> = {
    login: (line) => ((isIn = line === 'login open sesame') ? 'ok' : 'DENIED'),
    show: () => 'I am box',
    ping: () => 'ok',
    folder: () => state.folder,
    wait: () => undefined,
    set: (line) => (line === 'set' ? 'ERR incomplete' : (candidate.push(line), 'ok')),
    diff: () => candidate.map((line) => `+ ${line}`).join(';'),
    commit: () => ((state.running = candidate.join(';')), 'ok'),
    discard: () => ((candidate = []), 'ok'),
    save: () => ((state.saved = state.running), 'ok'),
  }
  createInterface({ input: socket }).on('line', (line) => {
    const verb = line.split(' ')[0]!
    const answer =
      isIn || verb === 'login'
        ? (verbs[verb]?.(line) ?? (verb === 'wait' ? undefined : 'ERR unknown'))
        : 'ERR login first'
    if (answer !== undefined) socket.write(`${answer}\n`)
  })
}
