import type { CallContext } from '@netpulse/driver-sdk'
import type { Platform } from '@netpulse/platforms'

/** What the channel has to know about a platform. */
export type ChannelPlatform = Pick<Platform, 'prompt' | 'promptLines' | 'pagers' | 'returnKey' | 'interruptKey'>

/** What is looked for in the text of a device. A regular expression fits. */
export interface TextPattern {
  test(text: string): boolean
  /** Looked for where the cursor stands, not in completed lines: a question. Default `false`. */
  readonly atCursor?: boolean
}

/** A question of the device, and what to type. */
export interface ChannelAnswer {
  readonly question: TextPattern
  /** Without the return key. */
  readonly answer: string
}

/** How long to wait for what, in one call. */
export interface ChannelCall extends CallContext {
  /** From the writing to the end of the answer; 0: only the signal ends the wait. */
  readonly timeoutMs: number
  /** Questions that the device may ask before its prompt. Each may come more than once. */
  readonly answers?: readonly ChannelAnswer[]
  /** Patterns that end the answer as a prompt does, found in a line or in the row of the cursor. */
  readonly until?: readonly TextPattern[]
  /** Believe a pattern of `until` only when nothing follows it: where output may hold the same words. Default `false`. */
  readonly cautious?: boolean
  /** Believe the first prompt that has a name in it: the caller proves it by its next input. Default `false`. */
  readonly anyPrompt?: boolean
  /**
   * `expect` (default): a prompt counts once the echo of the input was seen. `none`: nothing is echoed (a password), or
   * the caller does not care. `only`: the answer ends with the echo: a line within a block. `never`: the device is
   * known to echo nothing, not even the line end.
   */
  readonly echo?: 'expect' | 'none' | 'only' | 'never'
}

/** What a device sent up to its prompt. */
export interface Answer {
  /** Lines between echo and prompt, `\n` between them, trailing blank lines dropped. */
  readonly output: string
  /** The lines before the output: the echo, and what came before it. */
  readonly echo: string
  /** The prompt's lines; `''` when something else ended the answer. */
  readonly prompt: string
  /** What ended it: a prompt, the echo (`echo: 'only'`), or the index of a pattern of `until`. */
  readonly endedBy: 'prompt' | 'echo' | number
  readonly elapsedMs: number
}
