import { ok, strictEqual } from 'node:assert/strict'
import { candidateModes } from '../engine/mode-of.js'
import { findFailure } from '../engine/find-failure.js'
import { nextPager } from '../engine/next-pager.js'
import type { Platform } from '../platform.js'
import { Conversation } from './conversation.js'
import { plainText } from './plain-text.js'
import type { ContractCheck } from './platform-contract.js'
import type { RecordedExchange, RecordedSession } from './recorded-session.js'

/** The text ends in a prompt of the mode, and at no place before looks as if it did. */
function assertPromptAtEnd(platform: Platform, text: string, mode: string): void {
  const names = candidateModes(platform, text).map(({ name }) => name)
  ok(names.includes(mode), `ends in a prompt of ${mode}: ${JSON.stringify(text.slice(-80))} is of ${names.join(', ')}`)
  assertNoPromptBefore(platform, text, text.trimEnd().length)
}

function assertNoPromptBefore(platform: Platform, text: string, end: number): void {
  for (let cut = 1; cut < end; cut++) {
    ok(
      !platform.prompt.matches(text.slice(0, cut)),
      `a prompt too early: ${JSON.stringify(text.slice(0, cut).slice(-80))}`,
    )
  }
}

function assertWaits(platform: Platform, text: string, state: string): void {
  assertNoPromptBefore(platform, text, text.length + 1)
  if (state === '?pager') ok(nextPager(platform, text), `waits at a pager: ${JSON.stringify(text.slice(-80))}`)
}

/** The answer without echo and prompt. */
function bodyOf(platform: Platform, { input, output, enter }: RecordedExchange): string {
  const text = plainText(output)
  const start = platform.prompt.start?.(text) ?? text.length
  const body = text.slice(0, start)
  return enter && body.startsWith(`${input}\n`) ? body.slice(input.length + 1) : body
}

function exchangeCheck(platform: Platform, exchange: RecordedExchange, index: number): ContractCheck {
  return {
    name: `recorded exchange ${index}, ${JSON.stringify(exchange.input)} in ${exchange.mode}, is understood at any cut`,
    run: () => {
      const text = plainText(exchange.output)
      if (exchange.nextMode?.startsWith('?') === true) assertWaits(platform, text, exchange.nextMode)
      else if (exchange.nextMode !== undefined) assertPromptAtEnd(platform, text, exchange.nextMode)
      strictEqual(findFailure(platform, bodyOf(platform, exchange))?.kind, exchange.failure)
    },
  }
}

function configure(platform: Platform, conversation: Conversation): void {
  const { config, defaultMode } = platform
  if (config === undefined) return
  conversation.enter(config.mode)
  const { candidate, questions } = config
  if (candidate !== undefined) {
    if (candidate.compare !== undefined) conversation.run(candidate.compare, questions)
    for (const command of candidate.commit) conversation.run(command, questions)
    conversation.enter(defaultMode)
    conversation.enter(config.mode)
    for (const command of candidate.discard) conversation.run(command, questions)
  }
  conversation.enter(defaultMode)
  if (config.save === undefined) return
  conversation.enter(config.save.mode ?? defaultMode)
  conversation.run(config.save.command, config.save.answers)
  conversation.enter(defaultMode)
}

/** The checks of a platform against a recorded session. */
export function sessionChecks(platform: Platform, session: RecordedSession): readonly ContractCheck[] {
  return [
    {
      name: 'the recorded session is of this platform and ends its login at a prompt',
      run: () => {
        strictEqual(session.platform, platform.name)
        assertPromptAtEnd(platform, plainText(session.login), session.startState)
      },
    },
    {
      name: 'opening, configuring, saving and closing send what was recorded',
      run: () => {
        const conversation = new Conversation(platform, session)
        conversation.perform(platform.onOpen)
        conversation.enter(platform.defaultMode)
        configure(platform, conversation)
        conversation.perform(platform.onClose)
        strictEqual(conversation.state, undefined, 'the recorded device has hung up')
      },
    },
    ...session.exchanges.map((exchange, index) => exchangeCheck(platform, exchange, index)),
  ]
}
