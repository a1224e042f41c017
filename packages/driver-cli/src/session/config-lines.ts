import type { CallContext, ConfigBlock, Reply } from '@netpulse/driver-sdk'
import type { CommandFailure } from '@netpulse/core'
import { findFailure } from '@netpulse/platforms'
import type { Answer } from '@netpulse/session'
import type { ConfigOptions } from '../cli-options.js'
import type { Conversation } from './conversation.js'
import { outputOf } from './conversation.js'

/** Sends a block and reads its answer as one. */
export async function applyBlock(
  conversation: Conversation,
  block: ConfigBlock,
  context: CallContext,
  options: ConfigOptions,
): Promise<Reply> {
  const answers = await sendLines(conversation, block.lines, context, options)
  conversation.mover.look()
  const text = joined(answers.map(({ output }) => output))
  return {
    input: block.lines.join('\n'),
    output: joined(answers.map((answer) => outputOf(answer, options))),
    failure: refusalIn(conversation, text, options),
    elapsedMs: answers.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
  }
}

const joined = (texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n')

/**
 * Between its first and its last line a block gets no prompt, only echoes. A prompt there says that the device has
 * refused the beginning: the rest would be taken for commands, so it is not sent.
 */
async function sendLines(
  { channel }: Conversation,
  lines: readonly string[],
  context: CallContext,
  options: ConfigOptions,
): Promise<readonly Answer[]> {
  const { timeoutMs, answers, verifyEcho } = options
  const last = lines.length - 1
  const replies: Answer[] = []
  for (const [index, line] of lines.entries()) {
    const echo = index < last ? 'only' : verifyEcho ? 'expect' : 'none'
    const answer = await channel.send(line, { ...context, timeoutMs, answers, echo })
    replies.push(answer)
    if (answer.prompt !== '') break
  }
  return replies
}

/** With a pattern of the request only that one counts. */
function refusalIn(conversation: Conversation, text: string, options: ConfigOptions): CommandFailure | null {
  const { refusal } = options
  if (refusal === undefined) return findFailure(conversation.platform, text)
  const line = text.split('\n').find((one) => refusal.test(one))
  return line === undefined ? null : { kind: 'other', message: line.trim() }
}
