import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Clock } from '@netpulse/core'
import { coreError, isNetPulseError } from '@netpulse/core'
import { FolderFiles } from '../../../../tools/test/netpulse-driver-folder/folder-files.js'
import { pluginApiVersion } from '@netpulse/plugin-sdk'
import type { CallContext, ConfigAccess, Driver, OpenRequest, Reply, SendOptions, Session } from '../../src/index.js'
import { defineDriver, driverError } from '../../src/index.js'

const nothing = { type: 'object', additionalProperties: false, properties: {} }

/** A driver for the box of the tests, as a third party would write it. */
export const boxDriver = defineDriver({
  name: 'box',
  apiVersion: pluginApiVersion,
  defaultPort: 7000,
  defaultStrategy: 'pinned',
  optionsSchema: nothing,
  connectionSchema: { ...nothing, properties: { token: { type: 'string', writeOnly: true } } },
  commandSchema: { ...nothing, properties: { read_timeout: { type: 'number', exclusiveMinimum: 0, default: 10 } } },
  configSchema: nothing,
  fileSchema: nothing,
  switchesSchema: nothing,
  load: () =>
    Promise.resolve(({ clock }): Driver => ({ open: (request, context) => openBox(request, context, clock) })),
})

const abortReason = (signal: AbortSignal): Error =>
  isNetPulseError(signal.reason) ? signal.reason : coreError('ABORTED', 'Ended by the caller.')

async function openBox({ device, connection }: OpenRequest, context: CallContext, clock: Clock): Promise<Session> {
  const socket = connect({ host: device.host, port: device.port, noDelay: true })
  try {
    await once(socket, 'connect', { signal: context.signal })
  } catch (cause) {
    socket.destroy()
    throw context.signal.aborted
      ? abortReason(context.signal)
      : driverError('CONNECT_FAILED', `Cannot connect to ${device.id}.`, { cause })
  }
  const session = new BoxSession(socket, clock)
  const reply = await session.exchange(`login ${String(connection['token'])}`, context)
  if (reply.output === 'ok') {
    const { output: root } = await session.exchange('folder', context)
    return Object.assign(session, { files: new FolderFiles({ root }) })
  }
  await session[Symbol.asyncDispose]()
  throw driverError('AUTH_FAILED', `${device.id} refused the token.`)
}

export class BoxSession implements Session {
  readonly info = { device_type: 'box' }
  readonly #socket: Socket
  readonly #clock: Clock
  #text = ''
  #waiting: { resolve(line: string): void; reject(error: Error): void } | undefined
  #lost: (() => void)[] = []
  usable = true

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket
    this.#clock = clock
    socket
      .setEncoding('utf8')
      .on('data', (chunk: string) => this.#take(chunk))
      .on('error', () => undefined)
      .on('close', () => this.#end())
  }

  onLost(listener: () => void): void {
    this.#lost.push(listener)
  }

  async send(command: string, context: CallContext, { options }: SendOptions): Promise<Reply> {
    const limitMs = Number(options['read_timeout']) * 1000
    const late = (): void => this.#doubt(driverError('READ_TIMEOUT', `The box did not answer within ${limitMs} ms.`))
    const cancel = this.#clock.setTimer(limitMs, late)
    try {
      return await this.exchange(command, context)
    } finally {
      cancel()
    }
  }

  async probe(context: CallContext): Promise<void> {
    await this.exchange('ping', context)
  }

  readonly config: ConfigAccess = {
    blocksOf: (lines) => lines.map((line, firstLine) => ({ firstLine, lines: [line] })),
    enter: () => Promise.resolve(),
    apply: (block, context) => this.exchange(block.lines[0]!, context),
    leave: () => Promise.resolve(),
    save: (context) => this.exchange('save', context),
    candidate: {
      compare: async (context) => (await this.exchange('diff', context)).output,
      commit: (context) => this.exchange('commit', context),
      discard: async (context) => void (await this.exchange('discard', context)),
    },
  }

  async exchange(input: string, { signal }: CallContext): Promise<Reply> {
    if (!this.usable) throw driverError('SESSION_LOST', 'The box hung up.')
    const startedAt = performance.now()
    const output = await new Promise<string>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      signal.addEventListener('abort', () => this.#doubt(abortReason(signal)), { once: true })
      this.#socket.write(`${input}\n`)
    })
    const failure = output.startsWith('ERR') ? { kind: 'invalid_input', message: output } : null
    return { input, output, failure, elapsedMs: performance.now() - startedAt }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.usable = false
    if (this.#socket.closed) return
    this.#socket.destroy()
    await once(this.#socket, 'close')
  }

  #take(chunk: string): void {
    this.#text += chunk
    const end = this.#text.indexOf('\n')
    if (end < 0) return
    const line = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 1)
    this.#waiting?.resolve(line)
    this.#waiting = undefined
  }

  /** An answer may still be on its way: never to be used again. */
  #doubt(error: Error): void {
    if (this.#waiting === undefined) return
    this.usable = false
    this.#waiting.reject(error)
    this.#socket.destroy()
  }

  #end(): void {
    this.usable = false
    this.#waiting?.reject(driverError('SESSION_LOST', 'The box hung up.'))
    for (const listener of this.#lost.splice(0)) listener()
  }
}
