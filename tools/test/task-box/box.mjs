import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { asDeviceId } from '@netpulse/core'
import { Processes, processesOf } from './processes.mjs'

/** Name of the package with the driver, for the plugin table. */
export const taskBoxPlugin = 'netpulse-driver-task-box'

const password = 'open sesame'
const short = 'printf "%s\\n" one; printf "%s\\n" "zwei äöü €"; printf "%s\\n" "四"; exit 3'
const lasting = { commands: ['echo begun', 'sleep 300 & sleep 301'], prints: 'begun' }

/** Makes the driver known to an application in the folder, as an installation of its package would. */
export function installTaskBox(folder) {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules, { recursive: true })
  symlinkSync(dirname(fileURLToPath(import.meta.url)), join(modules, taskBoxPlugin))
  // Beside the built-in ones.
  symlinkSync(fileURLToPath(new URL('../../../node_modules/@netpulse', import.meta.url)), join(modules, '@netpulse'))
}

/** A device on this machine that runs commands, and tasks that outlive their connection. */
export async function startTaskBox() {
  const folder = mkdtempSync(join(tmpdir(), 'np-task-box-'))
  const processes = new Processes(folder)
  const sockets = new Set()
  const seen = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    serve(socket, processes, seen)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  const closed = () => Promise.all([...sockets].map((socket) => once(socket, 'close')))
  return {
    device: { id: asDeviceId('box'), host: '127.0.0.1', port },
    connection: { username: 'box', password },
    wrongCredential: { username: 'box', password: 'open barley' },
    commands: {
      accepted: { command: 'echo I am box', holds: 'I am box' },
      refused: 'exit 4',
      hanging: 'wait-for-ever',
      hangingOptions: { read_timeout: 0.05 },
    },
    tasks: {
      lasting,
      short: { commands: [short], prints: 'one\nzwei äöü €\n四\n', exitStatus: 3 },
      processes: (taskId) => Promise.resolve(processesOf(processes.pidOf(taskId) ?? -1)),
    },
    /** Verbs that were asked for, in order. */
    seen,
    /** Ids of the tasks that are there. */
    taskIds: () => processes.discover().map(({ taskId }) => taskId),
    /** Forgets a task behind everybody's back. */
    lose: (taskId) => void processes.kill(taskId),
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
      for (const { taskId } of processes.discover()) processes.kill(taskId)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function rejectLater(message) {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(message)), 2000).unref())
}

function serve(socket, processes, seen) {
  let isIn = false
  const verbs = {
    login: ({ password: given }) => ({ isIn: (isIn = given === password) }),
    ping: () => ({}),
    run: ({ command }) => (command === 'wait-for-ever' ? undefined : run(command)),
    launch: ({ taskId, commands }) =>
      commands.includes('not-allowed') ? { running: false, error: 'not allowed' } : processes.launch(taskId, commands),
    read: ({ taskId, offset, maxBytes }) => processes.read(taskId, offset, maxBytes) ?? { lost: true },
    kill: ({ taskId }) => processes.kill(taskId),
    discover: () => ({ tasks: processes.discover() }),
  }
  const lines = createInterface({ input: socket })
  lines.on('error', () => undefined)
  lines.on('line', async (line) => {
    const request = JSON.parse(line)
    seen.push(request.verb)
    const answer = isIn || request.verb === 'login' ? await verbs[request.verb](request) : {}
    if (answer !== undefined) socket.write(`${JSON.stringify(answer)}\n`)
  })
}

async function run(command) {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const [status] = await once(child, 'close')
  return { output, exitStatus: status ?? 1 }
}
