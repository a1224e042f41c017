import type { Answer, ChannelCall, ChannelPlatform, TextPattern } from './channel-call.js'
import { EchoWatch } from './echo-watch.js'
import type { PromptFinder } from './prompt-finder.js'
import type { TerminalText } from './terminal-text.js'

/** A prompt without the echo of the input is the answer only when nothing follows it for this long. */
const missingEchoMs = 1000
/** A prompt with a name that the device has not shown before, and a question that may be output. */
const unfamiliarMs = 150
/** A prompt that was followed by a message, without being drawn again. */
const leftBehindMs = 300

/** Lines before the cursor's that a question may span, and the most text that is searched for one. */
const questionLines = 10
const longestQuestion = 2048

/** Text at the end of the row that is searched for a pager's question. */
const longestPager = 256

/** Where an answer ends. */
export interface Ending {
  readonly by: Answer['endedBy']
  /** The prompt's lines. */
  readonly prompt: string
  /** Index after the last line of output. */
  readonly endLine: number
}

/** What to do after a piece has come. */
export type Verdict =
  | { readonly type: 'wait' }
  | { readonly type: 'press'; readonly keys: string }
  | { readonly type: 'end'; readonly ending: Ending }
  /** The end, if nothing comes for so long. */
  | { readonly type: 'end-if-quiet'; readonly ending: Ending; readonly afterMs: number }

const wait: Verdict = { type: 'wait' }

/** Judges the text of one answer as it comes: has the device come back to its prompt, does it ask something? */
export class Reading {
  readonly call: ChannelCall
  readonly #platform: ChannelPlatform
  readonly #prompts: PromptFinder
  readonly #echo: EchoWatch | undefined
  /** Something was written: a prompt counts only after a line end. */
  readonly #needsLine: boolean
  /** Index of the line that ends the echo; -1 while it has not been seen. */
  #echoLine = -1
  /** Lines before this one belong to a question that was answered. */
  #askedFrom = 0
  #searchedTo = 0
  /** Pattern that a completed line had. */
  #found: number | undefined
  #scannedTo = 0
  #leftBehind = -1

  constructor(input: string | undefined, call: ChannelCall, platform: ChannelPlatform, prompts: PromptFinder) {
    this.call = call
    this.#platform = platform
    this.#prompts = prompts
    const watched = input !== undefined && call.echo !== 'none' && call.echo !== 'never'
    this.#needsLine = input !== undefined && call.echo !== 'never'
    this.#echo = watched ? new EchoWatch(input, (prefix) => prompts.precedes(prefix)) : undefined
  }

  /** Whether the device has echoed the input; `undefined` when nobody waited for that. */
  get echoed(): boolean | undefined {
    return this.#echo === undefined ? undefined : this.#echoLine !== -1
  }

  judge(text: TerminalText): Verdict {
    const keys = this.#pagerAnswer(text)
    if (keys !== undefined) return { type: 'press', keys }
    const echoed = this.#sawEcho(text)
    const verdict = this.#verdict(text)
    if (echoed || verdict.type === 'wait') return verdict
    // A question or a prompt, and no echo yet: it may be older than the input.
    if (verdict.type === 'press') return wait
    return { type: 'end-if-quiet', ending: verdict.ending, afterMs: missingEchoMs }
  }

  /** The answer, once a verdict said where it ends. */
  answer(text: TerminalText, ending: Ending, elapsedMs: number): Answer {
    const first = this.#firstLine(text)
    const end = Math.max(first, ending.endLine)
    const lines = text.lines.slice(first, end)
    // What stands in the cursor's row is a question, or the beginning of more.
    if (ending.prompt === '' && text.row !== '') lines.push(text.row)
    return {
      output: lines.join('\n').trimEnd(),
      echo: text.lines.slice(0, first).join('\n'),
      prompt: ending.prompt,
      endedBy: ending.by,
      elapsedMs,
    }
  }

  #firstLine(text: TerminalText): number {
    if (this.#echoLine !== -1 || this.#echo === undefined) return this.#echoLine + 1
    return text.lines.length > 0 && this.#echo.resembles(text.lines[0]!) ? 1 : 0
  }

  #sawEcho(text: TerminalText): boolean {
    if (this.#echo === undefined || this.#echoLine !== -1) return true
    this.#echoLine = this.#echo.find(text)
    if (this.#echoLine === -1) return false
    text.forgetInk()
    this.#askedFrom = this.#searchedTo = this.#scannedTo = this.#echoLine + 1
    return true
  }

  #verdict(text: TerminalText): Verdict {
    const keys = this.#questionAnswer(text)
    if (keys !== undefined) return { type: 'press', keys }
    const ends =
      this.call.cautious === true
        ? (this.#promptEnd(text) ?? this.#patternEnd(text))
        : (this.#patternEnd(text) ?? this.#promptEnd(text))
    return ends ?? this.#echoEnd(text) ?? this.#leftBehindEnd(text) ?? wait
  }

  #pagerAnswer(text: TerminalText): string | undefined {
    const row = text.row
    if (row === '') return undefined
    const from = Math.max(0, row.length - longestPager)
    for (const pager of this.#platform.pagers) {
      const found = pager.pattern.exec(row.slice(from))
      if (found === null) continue
      text.cutRow(from + found.index)
      return pager.answer
    }
    return undefined
  }

  #questionAnswer(text: TerminalText): string | undefined {
    const { answers } = this.call
    if (answers === undefined || text.row === '' || text.lines.length < this.#askedFrom) return undefined
    const asked = answers.find(({ question }) => question.test(this.#openText(text)))
    if (asked === undefined) return undefined
    this.#askedFrom = text.lines.length + 1
    return asked.answer + this.#platform.returnKey
  }

  /** The cursor's row with the lines before it that may belong to a question. */
  #openText(text: TerminalText): string {
    const from = Math.max(this.#askedFrom, text.lines.length - questionLines)
    return [...text.lines.slice(from), text.row].join('\n').slice(-longestQuestion)
  }

  #patternEnd(text: TerminalText): Verdict | undefined {
    const { until, cautious } = this.call
    if (until === undefined) return undefined
    const by =
      this.#searchLines(text, until) ?? (text.row === '' ? undefined : indexOfMatch(until, this.#openText(text)))
    if (by === undefined) return undefined
    // A pattern may describe the prompt itself: the session is at its prompt then.
    const prompt = this.#prompts.at(text) ?? ''
    const ending = { by, prompt, endLine: text.lines.length - lineEndsOf(prompt) }
    return cautious === true ? { type: 'end-if-quiet', ending, afterMs: unfamiliarMs } : { type: 'end', ending }
  }

  /** Each completed line once. */
  #searchLines(text: TerminalText, until: readonly TextPattern[]): number | undefined {
    if (until.every(({ atCursor }) => atCursor === true)) return undefined
    const anywhere = until.map((pattern) => (pattern.atCursor === true ? nowhere : pattern))
    for (; this.#found === undefined && this.#searchedTo < text.lines.length; this.#searchedTo++) {
      this.#found = indexOfMatch(anywhere, text.lines[this.#searchedTo]!.slice(0, longestQuestion))
    }
    return this.#found
  }

  #promptEnd(text: TerminalText): Verdict | undefined {
    const prompt = this.#prompts.at(text)
    if (prompt === undefined) return undefined
    const ending: Ending = { by: 'prompt', prompt, endLine: text.lines.length - lineEndsOf(prompt) }
    // No line end since the input was written: a prompt drawn again, unless the device echoes not even that.
    if (this.#needsLine && text.lines.length === 0) return { type: 'end-if-quiet', ending, afterMs: missingEchoMs }
    const believed = this.call.anyPrompt === true && this.#prompts.isNamed(prompt)
    if (believed || this.#prompts.isFamiliar(prompt)) return { type: 'end', ending }
    return { type: 'end-if-quiet', ending, afterMs: unfamiliarMs }
  }

  /** A message printed right after the prompt hides it: the device waits all the same. */
  #leftBehindEnd(text: TerminalText): Verdict | undefined {
    for (; this.#scannedTo < text.lines.length; this.#scannedTo++) {
      if (this.#prompts.isLeftBehind(text.lines[this.#scannedTo]!)) this.#leftBehind = this.#scannedTo
    }
    if (this.#leftBehind === -1) return undefined
    const ending: Ending = { by: 'prompt', prompt: text.lines[this.#leftBehind]!, endLine: this.#leftBehind }
    return { type: 'end-if-quiet', ending, afterMs: leftBehindMs }
  }

  #echoEnd(text: TerminalText): Verdict | undefined {
    if (this.call.echo !== 'only') return undefined
    return { type: 'end', ending: { by: 'echo', prompt: '', endLine: text.lines.length } }
  }
}

const lineEndsOf = (prompt: string): number => prompt.split('\n').length - 1

const nowhere: TextPattern = { test: () => false }

function indexOfMatch(patterns: readonly TextPattern[], text: string): number | undefined {
  const index = text === '' ? -1 : patterns.findIndex((pattern) => pattern.test(text))
  return index === -1 ? undefined : index
}
