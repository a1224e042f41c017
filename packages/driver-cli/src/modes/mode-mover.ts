import type { CallContext } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import type { Platform, Step } from '@netpulse/platforms'
import { findFailure, findPath, findRoute, modeOf } from '@netpulse/platforms'
import type { Answer, ChannelAnswer, ChannelCall, CliChannel } from '@netpulse/session'
import { shapeOf } from '@netpulse/session'
import type { CliConnection } from '../cli-connection.js'
import { secretFor } from './step-secrets.js'

export interface ModeMoverOptions {
  readonly channel: CliChannel
  readonly platform: Platform
  readonly connection: CliConnection
}

/** Limits of one move, and answers to what the device may ask on the way. */
export interface MoveCall extends CallContext {
  readonly timeoutMs: number
  readonly answers?: readonly ChannelAnswer[]
}

/** A refusal may quote the input: no more of it than says what it is. */
const longestRefusal = 200

/** Knows the mode that the session is in, and brings it into others along the platform's graph. */
export class ModeMover {
  readonly #channel: CliChannel
  readonly #platform: Platform
  readonly #connection: CliConnection
  #mode: string | undefined

  constructor(options: ModeMoverOptions) {
    this.#channel = options.channel
    this.#platform = options.platform
    this.#connection = options.connection
  }

  /** The present mode; `undefined` when no mode has the prompt that is shown. */
  get mode(): string | undefined {
    return this.#mode
  }

  /** Reads the mode off the prompt. `expected` decides between modes that share a prompt. */
  look(expected = this.#mode): void {
    this.#mode = modeOf(this.#platform, this.#channel.prompt, expected)?.name
  }

  /** Whether the way to the mode asks for a secret that the request does not give. */
  lacksSecretFor(target: string): boolean {
    const steps = findRoute(this.#platform, this.#mode ?? '', target)?.flat() ?? []
    return steps.some((step) => {
      const secret = secretOf(step)
      return secret !== undefined && secretFor(secret, this.#connection) === undefined
    })
  }

  /**
   * Brings the session into the mode. Does nothing when it is there.
   * @throws ENABLE_FAILED refused; PROMPT_UNKNOWN no way; READ_TIMEOUT, SESSION_LOST, ABORTED
   */
  async enter(target: string, call: MoveCall): Promise<void> {
    const from = this.#mode
    const path = from === undefined ? undefined : findPath(this.#platform, from, target)
    if (from === undefined || path === undefined) throw this.#noWay(target)
    let last = from
    for (const next of path) {
      const steps = this.#platform.modes.get(last)?.moves.get(next) ?? []
      await this.run(steps, next, call)
      last = next
    }
  }

  /** Runs the steps of a way; afterwards the session must be in the mode. */
  async run(steps: readonly Step[], target: string, call: MoveCall): Promise<void> {
    let answer: Answer | undefined
    for (const step of steps) answer = (await this.runStep(step, call)) ?? answer
    this.look(target)
    if (this.#mode !== target) throw this.#refused(target, answer)
  }

  /** One step of a way, of opening or of closing. */
  async runStep(step: Step, call: MoveCall): Promise<Answer | undefined> {
    switch (step.type) {
      case 'enter_mode':
        await this.enter(step.mode, call)
        return undefined
      case 'write':
        this.#channel.write(step.input, call)
        return undefined
      case 'send_input':
        return this.#seen(await this.#channel.send(step.input, call))
      case 'send_prompted_input':
        return this.#seen(await this.#prompted(step, call))
    }
  }

  /**
   * A step of opening or closing. A mode that needs a secret which the request does not give is left out: commands of
   * the login's own mode work.
   */
  async runWhatCan(step: Step, call: MoveCall): Promise<void> {
    if (step.type === 'enter_mode' && this.lacksSecretFor(step.mode)) return
    await this.runStep(step, call)
  }

  /** The question may not come: an `enable` without a password, or for a user who has the right already. */
  async #prompted(step: PromptedStep, call: MoveCall): Promise<Answer> {
    const until = [{ test: (text: string) => step.question.matches(text), atCursor: true }]
    const asked = await this.#channel.send(step.input, { ...call, until })
    if (asked.prompt !== '') return asked
    const given: ChannelCall = { ...call, until, echo: 'none' }
    const answer = await this.#channel.send(this.#answerFor(step), given)
    // Asked again: a wrong secret. A second try could lock the account.
    if (answer.prompt === '') throw driverError('ENABLE_FAILED', `The device refused the secret for "${step.input}".`)
    return answer
  }

  #answerFor(step: PromptedStep): string {
    if ('text' in step.answer) return step.answer.text
    const secret = secretFor(step.answer.secret, this.#connection)
    if (secret !== undefined) return secret
    throw driverError(
      'ENABLE_FAILED',
      `The device asks for a secret after "${step.input}", and connection_args.secret is not given.`,
    )
  }

  #seen(answer: Answer): Answer {
    this.look()
    return answer
  }

  #noWay(target: string): Error {
    const { prompt } = this.#channel
    return driverError('PROMPT_UNKNOWN', `No way leads from mode "${this.#mode ?? 'unknown'}" to "${target}".`, {
      details: { promptShape: shapeOf(prompt), mode: target },
    })
  }

  #refused(target: string, answer: Answer | undefined): Error {
    const words = answer?.output.trim().split('\n').at(-1)?.slice(0, longestRefusal) ?? ''
    return driverError('ENABLE_FAILED', `The device did not change to mode "${target}"${words && `: ${words}`}`, {
      details: {
        mode: target,
        promptShape: shapeOf(this.#channel.prompt),
        failure: findFailure(this.#platform, answer?.output ?? '')?.kind ?? null,
      },
    })
  }
}

type PromptedStep = Extract<Step, { type: 'send_prompted_input' }>

function secretOf(step: Step): string | undefined {
  return step.type === 'send_prompted_input' && 'secret' in step.answer ? step.answer.secret : undefined
}
