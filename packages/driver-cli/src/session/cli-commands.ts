import type { CallContext, Reply, SendOptions } from '@netpulse/driver-sdk'
import { findFailure } from '@netpulse/platforms'
import type { Answer } from '@netpulse/session'
import type { CommandOptions } from '../cli-options.js'
import { commandOptionsOf } from '../cli-options.js'
import { privilegedModeOf } from '../modes/privileged-mode.js'
import type { Conversation } from './conversation.js'
import { outputOf, stepTimeoutMs } from './conversation.js'

/** Runs single commands. */
export class CliCommands {
  readonly #conversation: Conversation

  constructor(conversation: Conversation) {
    this.#conversation = conversation
  }

  async send(command: string, context: CallContext, send: SendOptions): Promise<Reply> {
    const options = commandOptionsOf(send.options)
    const input = options.normalize ? command.trimEnd() : command
    await this.#prepare(context, send)
    const answer = await this.#exchange(input, context, options)
    this.#conversation.mover.look()
    const output = outputOf(answer, options)
    const failure = findFailure(this.#conversation.platform, answer.output)
    return { input: command, output, failure, elapsedMs: answer.elapsedMs }
  }

  /** An answer to a question of the last command goes out as it is. */
  async #prepare(context: CallContext, send: SendOptions): Promise<void> {
    const { channel, mover, platform, baseMode } = this.#conversation
    if (channel.atQuestion) return
    const mode = send.switches['enable_mode'] === true ? privilegedModeOf(platform) : baseMode
    if (mover.mode === mode) return
    await mover.enter(mode, { ...context, timeoutMs: stepTimeoutMs(this.#conversation) })
  }

  #exchange(input: string, context: CallContext, options: CommandOptions): Promise<Answer> {
    const { channel } = this.#conversation
    const echo = channel.atQuestion || !options.verifyEcho ? 'none' : 'expect'
    return channel.send(input, {
      ...context,
      timeoutMs: options.timeoutMs,
      answers: options.answers,
      echo,
      ...(options.expected === undefined ? {} : { until: [options.expected] }),
    })
  }
}
