import type { CommandFailure } from '@netpulse/core'
import { linesOf } from '@netpulse/core'
import type {
  CallContext,
  CandidateConfig,
  ConfigAccess,
  Driver,
  DriverManifest,
  Reply,
  SendOptions,
  Session,
} from '@netpulse/driver-sdk'
import { defineDriver } from '@netpulse/driver-sdk'
import type { DeviceLineOptions, Exchange } from './device-line.js'
import { DeviceLine } from './device-line.js'
import type { DeviceSession, SimDevice } from './sim-device.js'

export interface SimDriverOptions extends Omit<DeviceLineOptions, 'device' | 'onLost'> {
  readonly device: (host: string) => SimDevice
  /** Every connection that is made, so that a device can hang up on it. */
  readonly opened: (line: DeviceLine, device: SimDevice) => void
}

/** Lines and commands with this word in them are refused. */
export const refusedWord = 'bad'

const refusal: CommandFailure = { kind: 'invalid_input', message: '% Invalid input' }

/** Commands that may change a device: `do j3.0` belongs to job j3. */
export const jobOf = (text: string): string => /(j\d+)/.exec(text)?.[1] ?? ''

class SimSession implements Session {
  readonly info = { prompt: 'sim#' }
  readonly config: ConfigAccess
  readonly #device: SimDevice
  readonly #line: DeviceLine
  readonly #listeners: (() => void)[]
  #job = ''

  constructor(device: SimDevice, line: DeviceLine, listeners: (() => void)[]) {
    this.#device = device
    this.#line = line
    this.#listeners = listeners
    this.config = this.#configAccess()
  }

  get usable(): boolean {
    return this.#line.usable
  }

  onLost(listener: () => void): void {
    this.#listeners.push(listener)
  }

  send(command: string, context: CallContext): Promise<Reply> {
    const isOpaque = command.startsWith('do ')
    return this.#ask(command, context, {
      ...(isOpaque ? { writes: jobOf(command) } : {}),
      effect: () => {
        if (isOpaque) this.#device.arrive(command)
      },
    })
  }

  async probe(context: CallContext): Promise<void> {
    await this.#ask('probe', context, { effect: () => undefined })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#line.leave()
  }

  /** The answer carries who answers to whom. */
  async #ask(
    input: string,
    context: CallContext,
    exchange: Pick<Exchange, 'writes'> & { effect: (session: DeviceSession) => unknown },
  ): Promise<Reply> {
    const isRefused = input.includes(refusedWord)
    const output = await this.#line.ask(
      {
        label: input,
        ...(exchange.writes === undefined ? {} : { writes: exchange.writes }),
        effect: (session) => {
          if (!isRefused) exchange.effect(session)
          return `${this.#device.host} to ${session.user}: ${input}`
        },
      },
      context,
    )
    return { input, output, failure: isRefused ? refusal : null, elapsedMs: 1 }
  }

  #configAccess(): ConfigAccess {
    const device = this.#device
    const step = async (label: string, context: CallContext, effect = (_: DeviceSession): void => undefined) => {
      await this.#ask(label, context, { writes: this.#job, effect })
    }
    return {
      blocksOf: (lines) => lines.map((line, index) => ({ firstLine: index, lines: [line] })),
      enter: (context, send: SendOptions) => {
        this.#job = String(send.options['job'])
        return step(`enter ${this.#job}`, context)
      },
      // Leaving changes nothing, whoever does it.
      leave: async (context) => void (await this.#ask(`leave ${this.#job}`, context, { effect: () => undefined })),
      apply: (block, context) => this.#apply(block.lines[0]!, context),
      save: (context) => this.#ask(`save ${this.#job}`, context, { writes: this.#job, effect: () => undefined }),
      ...(device.kind === 'live' ? {} : { candidate: this.#candidate(step) }),
    }
  }

  #apply(line: string, context: CallContext): Promise<Reply> {
    const device = this.#device
    return this.#ask(line, context, {
      writes: this.#job,
      effect: (session) => {
        device.arrive(line)
        ;(device.kind === 'live' ? device.running : session.candidate).push(line)
      },
    })
  }

  #candidate(
    step: (label: string, context: CallContext, effect?: (session: DeviceSession) => void) => Promise<void>,
  ): CandidateConfig {
    const device = this.#device
    return {
      compare: async (context) => {
        await this.#ask(`compare ${this.#job}`, context, { effect: () => undefined })
        return '+'
      },
      commit: (context) =>
        this.#ask(`commit ${this.#job}`, context, {
          writes: this.#job,
          effect: (session) => device.running.push(...session.candidate.splice(0)),
        }),
      discard: (context) => step(`discard ${this.#job}`, context, (session) => (session.candidate = [])),
      ...(device.kind === 'confirmed'
        ? { confirm: (context: CallContext) => this.#ask('confirm', context, { effect: () => undefined }) }
        : {}),
    }
  }
}

function simDriver(options: SimDriverOptions): Driver {
  return {
    async open({ device: { host }, connection }, context): Promise<Session> {
      const device = options.device(host)
      const listeners: (() => void)[] = []
      const onLost = (): void => {
        for (const listener of listeners) listener()
      }
      const line = new DeviceLine({ ...options, device, onLost })
      await line.login(String(connection['username']), context)
      options.opened(line, device)
      return new SimSession(device, line, listeners)
    },
  }
}

const objectSchema = { type: 'object', additionalProperties: false }

// Made once: a schema is compiled at its first use, by its identity.
const optionsSchema = objectSchema
const connectionSchema = {
  ...objectSchema,
  properties: { username: { type: 'string' }, password: { type: 'string', writeOnly: true } },
}
const commandSchema = { ...objectSchema }
const configSchema = { ...objectSchema, properties: { job: { type: 'string' } } }
const switchesSchema = { ...objectSchema, properties: { save: { type: 'boolean', default: false } } }

/** The driver as one process loads it. */
export function simManifest(options: SimDriverOptions): DriverManifest {
  return defineDriver({
    name: 'sim',
    apiVersion: 1,
    defaultPort: 22,
    defaultStrategy: 'pinned',
    optionsSchema,
    connectionSchema,
    commandSchema,
    configSchema,
    switchesSchema,
    planner: async () => ({
      plan: async ({ operation }) => {
        if (operation.type === 'config') return { kind: 'modification' }
        const reads = linesOf(operation).every((command) => command.startsWith('show'))
        return { kind: reads ? 'query' : 'opaque' }
      },
    }),
    load: async () => () => simDriver(options),
  })
}
