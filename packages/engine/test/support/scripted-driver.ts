import { linesOf } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import type {
  CallContext,
  CandidateConfig,
  ConfigAccess,
  ConfigBlock,
  Driver,
  DriverManifest,
  OpenRequest,
  Reply,
  Session,
} from '@netpulse/driver-sdk'
import { defineDriver } from '@netpulse/driver-sdk'
import { ScriptedDevice } from './scripted-device.js'

/** Devices by host; made at the first look. */
export class ScriptedNetwork {
  readonly #devices = new Map<string, ScriptedDevice>()

  device(host: string): ScriptedDevice {
    let device = this.#devices.get(host)
    if (device === undefined) this.#devices.set(host, (device = new ScriptedDevice(host)))
    return device
  }

  get openSessions(): number {
    return [...this.#devices.values()].reduce((sum, { open }) => sum + open, 0)
  }
}

/** Inputs by which a rule of a device speaks about a step that is not a line. */
export const steps = {
  open: '<open>',
  probe: '<probe>',
  enter: '<enter>',
  leave: '<leave>',
  save: '<save>',
  compare: '<compare>',
  commit: '<commit>',
  discard: '<discard>',
  close: '<close>',
} as const

class ScriptedSession implements Session {
  readonly info
  readonly config?: ConfigAccess
  #usable = true
  #closed = false
  readonly #device: ScriptedDevice
  readonly #user: string
  readonly #listeners: (() => void)[] = []
  readonly #forget: () => void

  constructor(device: ScriptedDevice, user: string) {
    this.#device = device
    this.#user = user
    this.info = { prompt: `${device.host}#` }
    if (device.hasConfig) this.config = this.#configAccess()
    this.#forget = device.onHangUp(() => this.#lost())
    device.opened += 1
    device.open += 1
    device.mostOpen = Math.max(device.mostOpen, device.open)
  }

  get usable(): boolean {
    return this.#usable
  }

  onLost(listener: () => void): void {
    this.#listeners.push(listener)
  }

  send(command: string, context: CallContext): Promise<Reply> {
    return this.#ask(command, context)
  }

  async probe(context: CallContext): Promise<void> {
    this.#device.probes += 1
    await this.#ask(steps.probe, context)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#usable = false
    this.#forget()
    this.#device.open -= 1
    // A private candidate goes with its session.
    this.#device.candidate = []
    await this.#device.answer(this.#user, steps.close, { signal: new AbortController().signal }, () => undefined)
  }

  #ask(input: string, context: CallContext): Promise<Reply> {
    if (!this.#usable) throw driverError('SESSION_LOST', `${this.#device.host} is gone.`)
    return this.#device.answer(this.#user, input, context, (usable) => (this.#usable = usable))
  }

  #lost(): void {
    this.#usable = false
    for (const listener of this.#listeners) listener()
  }

  #configAccess(): ConfigAccess {
    const device = this.#device
    const step = async (name: string, context: CallContext): Promise<void> => void (await this.#ask(name, context))
    return {
      blocksOf: blocks,
      enter: (context) => step(steps.enter, context),
      leave: (context) => step(steps.leave, context),
      apply: async (block, context) => {
        const reply = await this.#ask(block.lines.join('\n'), context)
        if (reply.failure === null) (device.hasCandidate ? device.candidate : device.running).push(...block.lines)
        return reply
      },
      ...(device.hasSave ? { save: (context: CallContext) => this.#save(context) } : {}),
      ...(device.hasCandidate ? { candidate: this.#candidate(step) } : {}),
    }
  }

  async #save(context: CallContext): Promise<Reply> {
    const reply = await this.#ask(steps.save, context)
    if (reply.failure === null) this.#device.saved = [...this.#device.running]
    return reply
  }

  #candidate(step: (name: string, context: CallContext) => Promise<void>): CandidateConfig {
    const device = this.#device
    return {
      compare: async (context) => {
        await step(steps.compare, context)
        return device.candidate.map((line) => `+${line}`).join('\n')
      },
      commit: async (context) => {
        const reply = await this.#ask(steps.commit, context)
        if (reply.failure === null) device.running.push(...device.candidate.splice(0))
        return { ...reply, input: 'commit' }
      },
      discard: async (context) => {
        await step(steps.discard, context)
        device.candidate = []
      },
    }
  }
}

/** A line that begins with `banner` takes all lines up to `EOF` with it. */
function blocks(lines: readonly string[]): readonly ConfigBlock[] {
  const found: ConfigBlock[] = []
  for (let first = 0; first < lines.length;) {
    const end = lines[first]!.startsWith('banner') ? lines.indexOf('EOF', first) + 1 : first + 1
    found.push({ firstLine: first, lines: lines.slice(first, end) })
    first = end
  }
  return found
}

function scriptedDriver(network: ScriptedNetwork): Driver {
  return {
    async open({ device, connection }: OpenRequest, context: CallContext): Promise<Session> {
      const scripted = network.device(device.host)
      const user = String(connection['username'])
      if (connection['password'] === 'wrong') throw driverError('AUTH_FAILED', `${device.host} refused ${user}.`)
      await scripted.answer(user, steps.open, context, () => undefined)
      return new ScriptedSession(scripted, user)
    },
  }
}

const text = { type: 'string' }
const secret = { type: 'string', writeOnly: true }

/** A driver for devices in memory, as a third party would write it. */
export function scriptedManifest(network: ScriptedNetwork): DriverManifest {
  return defineDriver({
    name: 'scripted',
    aliases: ['script'],
    apiVersion: 1,
    defaultPort: 22,
    defaultStrategy: 'pinned',
    optionsSchema: { type: 'object', additionalProperties: false },
    connectionSchema: {
      type: 'object',
      properties: {
        username: { ...text, minLength: 1, default: 'admin' },
        password: secret,
        keepalive: { type: 'number', minimum: 1 },
        timeout: { type: 'number', default: 10 },
        jump_hosts: {
          type: 'array',
          items: {
            type: 'object',
            properties: { host: text, password: secret },
            required: ['host'],
            additionalProperties: false,
          },
        },
      },
      required: ['password'],
      additionalProperties: false,
    },
    commandSchema: {
      type: 'object',
      properties: { read_timeout: { type: 'number', default: 30 }, answer: secret },
      additionalProperties: false,
    },
    configSchema: { type: 'object', properties: { error_pattern: text }, additionalProperties: false },
    switchesSchema: {
      type: 'object',
      properties: { save: { type: 'boolean', default: false }, dry_run: { type: 'boolean', default: false } },
      additionalProperties: false,
    },
    planner: async () => ({
      plan: async ({ operation }) => {
        if (operation.type === 'config') return { kind: 'modification', platform: 'acme_os' }
        const reads = linesOf(operation).every((command) => command.startsWith('show'))
        return { kind: reads ? 'query' : 'opaque', platform: 'acme_os' }
      },
    }),
    load: async () => () => scriptedDriver(network),
  })
}
