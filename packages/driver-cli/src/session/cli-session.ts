import type { JsonObject } from '@netpulse/core'
import type { CallContext, ConfigAccess, Reply, SendOptions, Session } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import { CliCommands } from './cli-commands.js'
import { CliConfig } from './cli-config.js'
import { CliKeepalive } from './cli-keepalive.js'
import type { Conversation } from './conversation.js'

/** A device at its prompt answers a return at once. */
const probeTimeoutMs = 10_000

/** Steps of closing get no longer: the connection is closed in any case. */
const farewellTimeoutMs = 2000

/**
 * A session with one device's command line. Between calls it rests in its base mode; a CLI keepalive that is under way
 * ends before a call begins.
 */
export class CliSession implements Session {
  readonly config?: ConfigAccess
  readonly #conversation: Conversation
  readonly #commands: CliCommands
  readonly #keepalive: CliKeepalive
  readonly #listeners: (() => void)[] = []
  #broken = false
  #lost = false
  #probing: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(conversation: Conversation) {
    this.#conversation = conversation
    this.#commands = new CliCommands(conversation)
    const { platform, clock, connection, channel } = conversation
    if (platform.config !== undefined) this.config = this.#guarded(platform.config)
    this.#keepalive = new CliKeepalive(clock, connection.cli_keepalive * 1000, () => this.#keepAlive())
    this.#keepalive.resume()
    channel.onLost(() => this.#announceLoss())
  }

  get info(): JsonObject {
    const { platform, connection, channel, mover } = this.#conversation
    return {
      device_type: connection.device_type,
      platform: platform.name,
      prompt: channel.prompt.split('\n').at(-1)!.trim(),
      ...(mover.mode === undefined ? {} : { mode: mover.mode }),
      ...(platform.ntcPlatform === undefined ? {} : { ntc_platform: platform.ntcPlatform }),
    }
  }

  get usable(): boolean {
    const { channel, mover } = this.#conversation
    const atRest = channel.atPrompt || this.#probing !== undefined
    return atRest && !this.#broken && !this.#lost && !channel.doubtful && mover.mode !== undefined
  }

  onLost(listener: () => void): void {
    this.#listeners.push(listener)
  }

  send(command: string, context: CallContext, send: SendOptions): Promise<Reply> {
    return this.#call(() => this.#commands.send(command, context, send))
  }

  probe(context: CallContext): Promise<void> {
    return this.#call(() => this.#roundTrip(context))
  }

  abandon(): void {
    this.#broken = true
    this.#keepalive.pause()
    this.#conversation.channel.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Keeps the keepalive away while a call runs. */
  async #call<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#keepalive.pause()
    if (this.#probing !== undefined) await this.#probing
    try {
      return await run()
    } finally {
      if (this.usable) this.#keepalive.resume()
    }
  }

  #guarded(dialect: NonNullable<Conversation['platform']['config']>): ConfigAccess {
    const inner = new CliConfig(this.#conversation, dialect, () => (this.#broken = true))
    const { candidate, save } = inner
    return {
      blocksOf: (lines) => inner.blocksOf(lines),
      enter: (context, send) => this.#call(() => inner.enter(context, send)),
      apply: (block, context, send) => this.#call(() => inner.apply(block, context, send)),
      leave: (context) => this.#call(() => inner.leave(context)),
      ...(save === undefined ? {} : { save: (context: CallContext) => this.#call(() => save(context)) }),
      ...(candidate === undefined ? {} : { candidate }),
    }
  }

  async #roundTrip(context: CallContext): Promise<void> {
    const { channel, mover } = this.#conversation
    await channel.send('', { ...context, timeoutMs: probeTimeoutMs })
    mover.look()
    if (mover.mode !== undefined) return
    this.#broken = true
    throw driverError('SESSION_LOST', 'The device shows a prompt that belongs to no mode; the session is closed.')
  }

  #keepAlive(): void {
    const signal = new AbortController().signal
    this.#probing = this.#roundTrip({ signal }).then(
      () => this.#endProbe(true),
      () => this.#endProbe(false),
    )
  }

  #endProbe(alive: boolean): void {
    this.#probing = undefined
    if (alive) this.#keepalive.resume()
    else this.#announceLoss()
  }

  #announceLoss(): void {
    if (this.#lost || this.#closing !== undefined) return
    this.#lost = true
    this.#keepalive.pause()
    for (const listener of this.#listeners) listener()
  }

  async #close(): Promise<void> {
    this.#keepalive.pause()
    const { channel } = this.#conversation
    try {
      if (this.usable) await this.#sayFarewell()
    } catch {
      // The device may hang up while it is said goodbye to: that is what is wanted.
    } finally {
      channel.close()
    }
  }

  /** The platform's closing steps: logging out frees a line that the device would keep for a while. */
  async #sayFarewell(): Promise<void> {
    const { platform, mover } = this.#conversation
    const call = { signal: new AbortController().signal, timeoutMs: farewellTimeoutMs }
    for (const step of platform.onClose) await mover.runWhatCan(step, call)
  }
}
