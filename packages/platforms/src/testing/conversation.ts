import { fail, ok, strictEqual } from 'node:assert/strict'
import { findPath } from '../engine/route.js'
import { nextPager } from '../engine/next-pager.js'
import type { Platform, QuestionAnswer, Step } from '../platform.js'
import { plainText } from './plain-text.js'
import type { RecordedExchange, RecordedSession } from './recorded-session.js'
import type { Replay } from './replay.js'
import { createReplay } from './replay.js'

/** Takes a platform's own steps through a recorded session: what a driver would send must have been recorded. */
export class Conversation {
  readonly #platform: Platform
  readonly #session: RecordedSession
  readonly #replay: Replay

  constructor(platform: Platform, session: RecordedSession) {
    this.#platform = platform
    this.#session = session
    this.#replay = createReplay(session)
  }

  /** The mode or state that the device is in; `undefined`: it hung up. */
  get state(): string | undefined {
    return this.#replay.state
  }

  send(input: string): RecordedExchange {
    const state = this.state
    const exchange = this.#replay.receive(input)
    return exchange ?? fail(`nothing recorded for ${JSON.stringify(input)} in state ${String(state)}`)
  }

  /** Sends a line and answers what is asked until there is a prompt again. */
  run(input: string, questions: readonly QuestionAnswer[] = []): void {
    let exchange = this.send(input)
    while (this.state?.startsWith('?') === true) {
      const shown = plainText(exchange.output)
      const pager = nextPager(this.#platform, shown)
      const answer = questions.find(({ question }) => question.test(shown))
      if (pager === undefined && answer === undefined)
        fail(`no answer for what ${JSON.stringify(input)} leads to: ${shown}`)
      exchange = pager === undefined ? this.send(answer!.answer) : this.#key(pager.answer)
    }
  }

  enter(mode: string): void {
    const path = findPath(this.#platform, this.state ?? '', mode)
    ok(path, `no way from ${String(this.state)} to ${mode}`)
    for (const next of path) {
      this.perform(this.#platform.modes.get(this.state ?? '')?.moves.get(next) ?? [])
      strictEqual(this.state, next, 'the recorded device is in the mode that the steps lead to')
    }
  }

  perform(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.type === 'enter_mode') this.enter(step.mode)
      else if (step.type === 'send_input') this.run(step.input, this.#platform.config?.questions)
      else if (step.type === 'write') this.send(step.input)
      else this.#prompted(step)
    }
  }

  #prompted(step: Extract<Step, { type: 'send_prompted_input' }>): void {
    const { output } = this.send(step.input)
    // The device may not ask: no enable password is set, or the user is privileged already.
    if (this.state?.startsWith('?') !== true) return
    ok(step.question.matches(plainText(output)), `the question after ${JSON.stringify(step.input)} is recognised`)
    this.send('text' in step.answer ? step.answer.text : this.#secret(step.answer.secret))
  }

  #secret(name: string): string {
    return this.#session.secrets[name] ?? fail(`the recording has no secret "${name}"`)
  }

  #key(key: string): RecordedExchange {
    return this.#replay.receive(key, false) ?? fail(`nothing recorded for the key ${JSON.stringify(key)} at a pager`)
  }
}
