import type { Clock } from '@netpulse/core'
import type { Platform } from '@netpulse/platforms'
import type { Answer, CliChannel } from '@netpulse/session'
import type { CliConnection } from '../cli-connection.js'
import type { ModeMover } from '../modes/mode-mover.js'

/** What the parts of one session share. */
export interface Conversation {
  readonly channel: CliChannel
  readonly mover: ModeMover
  readonly platform: Platform
  readonly connection: CliConnection
  readonly clock: Clock
  /** The mode that the session rests in between calls. */
  readonly baseMode: string
}

/** Time for each step of changing modes. */
export const stepTimeoutMs = (conversation: Conversation): number => conversation.connection.timeout * 1000

export interface OutputParts {
  readonly stripPrompt: boolean
  readonly stripCommand: boolean
}

/** The answer's text, with echo and prompt where they are asked for. */
export function outputOf(answer: Answer, parts: OutputParts): string {
  const lines = [answer.output]
  if (!parts.stripCommand && answer.echo !== '') lines.unshift(answer.echo)
  if (!parts.stripPrompt && answer.prompt !== '') lines.push(answer.prompt)
  return lines.filter((text, index) => text !== '' || lines.length === 1 || index > 0).join('\n')
}
