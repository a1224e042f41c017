import type { JsonObject } from '@netpulse/core'
import { isNetPulseError } from '@netpulse/core'
import type { CallContext, CandidateConfig, ConfigAccess, ConfigBlock, Reply, SendOptions } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import type { ConfigDialect } from '@netpulse/platforms'
import { configBlocks, findFailure, findPath } from '@netpulse/platforms'
import type { ConfigOptions } from '../cli-options.js'
import { configOptionsOf } from '../cli-options.js'
import type { MoveCall } from '../modes/mode-mover.js'
import { privilegedModeOf } from '../modes/privileged-mode.js'
import { createCandidate } from './cli-candidate.js'
import { applyBlock } from './config-lines.js'
import type { Conversation } from './conversation.js'
import { stepTimeoutMs } from './conversation.js'

const unknownCommand: ReadonlySet<unknown> = new Set(['unknown_command', 'invalid_input', 'incomplete', 'ambiguous'])

/** Configuration of one session. `onBroken` is called when it could not be brought back to its base mode. */
export class CliConfig implements ConfigAccess {
  readonly candidate?: CandidateConfig
  save?: (context: CallContext) => Promise<Reply>
  readonly #conversation: Conversation
  readonly #dialect: ConfigDialect
  readonly #onBroken: () => void
  /** Of the push under way. */
  #options: ConfigOptions = configOptionsOf({})
  #optionsFrom: JsonObject | undefined

  constructor(conversation: Conversation, dialect: ConfigDialect, onBroken: () => void) {
    this.#conversation = conversation
    this.#dialect = dialect
    this.#onBroken = onBroken
    const { candidate, save } = dialect
    if (save !== undefined) this.save = (context) => this.#save(save, context)
    if (candidate === undefined) return
    const timeoutMs = (): number => this.#options.commitTimeoutMs
    this.candidate = createCandidate(conversation, { dialect, steps: candidate, timeoutMs })
  }

  blocksOf(lines: readonly string[]): readonly ConfigBlock[] {
    return configBlocks(this.#dialect, lines)
  }

  async enter(context: CallContext, send: SendOptions): Promise<void> {
    const { exclusive, modeCommand } = this.#optionsOf(send)
    const call = this.#moveCall(context)
    if (modeCommand !== undefined) return this.#enterBy(modeCommand, call)
    if (exclusive === true) return this.#conversation.mover.enter(this.#exclusiveMode(), call)
    if (exclusive === undefined && (await this.#enteredAlone(call))) return
    await this.#conversation.mover.enter(this.#dialect.mode, call)
  }

  async apply(block: ConfigBlock, context: CallContext, send: SendOptions): Promise<Reply> {
    if (this.#hasLeft()) return notSent(block)
    return applyBlock(this.#conversation, block, context, this.#optionsOf(send))
  }

  async leave(context: CallContext): Promise<void> {
    const { channel, mover, baseMode } = this.#conversation
    try {
      if (!channel.atPrompt) throw driverError('SESSION_LOST', 'The session is at no prompt; it is closed.')
      await mover.enter(baseMode, this.#moveCall(context))
    } catch (error) {
      this.#onBroken()
      throw error
    }
  }

  async #enterBy(modeCommand: string, call: MoveCall): Promise<void> {
    const { mover, platform } = this.#conversation
    const target = this.#dialect.mode
    const before = findPath(platform, mover.mode ?? '', target)?.at(-2)
    if (before !== undefined) await mover.enter(before, call)
    await mover.run([{ type: 'send_input', input: modeCommand }], target, call)
  }

  /**
   * A candidate that users share is taken alone: a commit would put others' changes in force, a discard would drop
   * them. A device that does not know the command has no such mode; one that refuses is in use by somebody.
   */
  async #enteredAlone(call: MoveCall): Promise<boolean> {
    const { exclusiveMode, candidate } = this.#dialect
    if (exclusiveMode === undefined || candidate === undefined) return false
    try {
      await this.#conversation.mover.enter(exclusiveMode, call)
      return true
    } catch (error) {
      if (isNetPulseError(error, 'ENABLE_FAILED') && unknownCommand.has(error.details?.['failure'])) return false
      throw error
    }
  }

  /** From the privileged mode: the base mode of a session without a `secret` may be below it. */
  async #save(save: NonNullable<ConfigDialect['save']>, context: CallContext): Promise<Reply> {
    const { channel, mover, platform, baseMode } = this.#conversation
    const { commitTimeoutMs: timeoutMs } = this.#options
    await mover.enter(save.mode ?? privilegedModeOf(platform), this.#moveCall(context))
    const answer = await channel.send(save.command, { ...context, timeoutMs, answers: save.answers })
    mover.look()
    const failure = findFailure(platform, answer.output)
    await mover.enter(baseMode, this.#moveCall(context))
    return { input: save.command, output: answer.output, failure, elapsedMs: answer.elapsedMs }
  }

  #moveCall(context: CallContext): MoveCall {
    return { ...context, timeoutMs: stepTimeoutMs(this.#conversation), answers: this.#dialect.questions ?? [] }
  }

  /** Compiled once per push: the engine hands the same object with every block. */
  #optionsOf(send: SendOptions): ConfigOptions {
    if (send.options !== this.#optionsFrom) {
      this.#options = configOptionsOf(send.options)
      this.#optionsFrom = send.options
    }
    return this.#options
  }

  #exclusiveMode(): string {
    const { exclusiveMode } = this.#dialect
    if (exclusiveMode !== undefined) return exclusiveMode
    throw driverError('NOT_SUPPORTED', 'The platform has no exclusive configuration mode.')
  }

  /** Lines such as `end` lead out of config mode; what follows would run as commands. */
  #hasLeft(): boolean {
    const { mover, platform, baseMode } = this.#conversation
    if (mover.mode === this.#dialect.mode || mover.mode === this.#dialect.exclusiveMode) return false
    return mover.mode === baseMode || mover.mode === platform.defaultMode || mover.mode === privilegedModeOf(platform)
  }
}

function notSent(block: ConfigBlock): Reply {
  const message = 'Not sent: a line before has left configuration mode.'
  return { input: block.lines.join('\n'), output: '', failure: { kind: 'skipped', message }, elapsedMs: 0 }
}
