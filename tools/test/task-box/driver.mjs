import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { coreError, isNetPulseError } from '@netpulse/core'
import { driverError, logTextOf } from '@netpulse/driver-sdk'

const reasonOf = (signal) =>
  isNetPulseError(signal.reason) ? signal.reason : coreError('ABORTED', 'Ended by the caller.')

/** A session that is logged in. */
export async function openBoxSession({ device, connection }, { signal }, clock) {
  const socket = connect({ host: device.host, port: device.port, noDelay: true })
  try {
    await once(socket, 'connect', { signal })
  } catch (cause) {
    socket.destroy()
    throw signal.aborted
      ? reasonOf(signal)
      : driverError('CONNECT_FAILED', `Cannot connect to ${device.id}.`, { cause })
  }
  const session = new BoxSession(socket, clock)
  const { username, password } = connection
  const { isIn } = await session.ask({ verb: 'login', username, password }, { signal })
  if (isIn) return session
  await session[Symbol.asyncDispose]()
  throw driverError('AUTH_FAILED', `${device.id} refused the login.`)
}

/** One JSON line there, one back, one call at a time. */
class BoxSession {
  info = { device_type: 'task-box' }
  usable = true
  #socket
  #clock
  #waiting
  #lost = []

  constructor(socket, clock) {
    this.#socket = socket
    this.#clock = clock
    const lines = createInterface({ input: socket })
    lines.on('line', (line) => this.#waiting?.resolve(JSON.parse(line))).on('error', () => undefined)
    socket.on('error', () => undefined).on('close', () => this.#end())
  }

  onLost(listener) {
    this.#lost.push(listener)
  }

  async send(command, context, { options }) {
    const startedAt = performance.now()
    const limitMs = options.read_timeout * 1000
    const late = () => this.#doubt(driverError('READ_TIMEOUT', `The box did not answer within ${limitMs} ms.`))
    const cancel = this.#clock.setTimer(limitMs, late)
    try {
      const { output, exitStatus } = await this.ask({ verb: 'run', command }, context)
      const failure = exitStatus === 0 ? null : { kind: 'other', message: `exit status ${exitStatus}` }
      return { input: command, output, exitStatus, failure, elapsedMs: performance.now() - startedAt }
    } finally {
      cancel()
    }
  }

  async probe(context) {
    await this.ask({ verb: 'ping' }, context)
  }

  tasks = {
    launch: async (taskId, commands, context) => {
      const { error, ...state } = await this.ask({ verb: 'launch', taskId, commands }, context)
      return { ...state, failure: error === undefined ? null : { kind: 'denied', message: error } }
    },
    read: async (taskId, { offset, maxBytes }, context) => {
      const answer = await this.ask({ verb: 'read', taskId, offset, maxBytes }, context)
      if (answer.lost) throw driverError('TASK_LOST', `The box has no task ${taskId}.`)
      const { base64, from, logSize, ...state } = answer
      const bytes = Buffer.from(base64, 'base64')
      const isEnd = !state.running && from + bytes.length === logSize
      const { text, sizeBytes } = logTextOf(bytes, isEnd)
      return { ...state, text, nextOffset: from + sizeBytes, logSize }
    },
    kill: (taskId, context) => this.ask({ verb: 'kill', taskId }, context),
    discover: async (context) => (await this.ask({ verb: 'discover' }, context)).tasks,
  }

  ask(request, { signal }) {
    if (!this.usable) throw driverError('SESSION_LOST', 'The box hung up.')
    return new Promise((resolve, reject) => {
      const abort = () => this.#doubt(reasonOf(signal))
      const done = (settle) => (value) => {
        signal.removeEventListener('abort', abort)
        this.#waiting = undefined
        settle(value)
      }
      this.#waiting = { resolve: done(resolve), reject: done(reject) }
      signal.addEventListener('abort', abort)
      this.#socket.write(`${JSON.stringify(request)}\n`)
    })
  }

  async [Symbol.asyncDispose]() {
    this.usable = false
    if (this.#socket.closed) return
    this.#socket.destroy()
    await once(this.#socket, 'close')
  }

  /** An answer may still be on its way: never to be used again. */
  #doubt(error) {
    if (this.#waiting === undefined) return
    this.usable = false
    this.#waiting.reject(error)
    this.#socket.destroy()
  }

  #end() {
    this.usable = false
    this.#waiting?.reject(driverError('SESSION_LOST', 'The box hung up.'))
    for (const listener of this.#lost.splice(0)) listener()
  }
}
