/** ECMA-48 and xterm control sequences, as far as devices use them. */
const complete =
  /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ #%()*+./-][ -~]|[0-9=>@-OQ-WYZ\\`a-z{|}~])/y

/** The start of a sequence whose rest has not come yet. */
const begun = /\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ #%()*+./-])?$/y

/** A terminal title may be long; more than this is not a sequence. */
const longestSequence = 4096

/** What stands at an escape character. */
export type EscapeSequence =
  /** A control sequence (CSI): `final` says what it does. */
  | { readonly type: 'control'; readonly length: number; readonly parameters: string; readonly final: string }
  /** Next line (NEL), which some switches send for a line end (HP ProCurve). */
  | { readonly type: 'next-line'; readonly length: number }
  /** Colours, titles, character sets: nothing that moves text. */
  | { readonly type: 'ignored'; readonly length: number }
  /** The rest is still to come. */
  | { readonly type: 'incomplete' }

/** Reads the sequence that begins at `index`, where an escape character stands. */
export function escapeSequenceAt(text: string, index: number): EscapeSequence {
  complete.lastIndex = index
  const found = complete.exec(text)
  if (found === null) return unfinishedAt(text, index)
  const length = found[0].length
  if (found[2] !== undefined) return { type: 'control', length, parameters: found[1] ?? '', final: found[2] }
  return { type: found[0] === '\x1bE' ? 'next-line' : 'ignored', length }
}

function unfinishedAt(text: string, index: number): EscapeSequence {
  begun.lastIndex = index
  const mayGoOn = text.length - index <= longestSequence && begun.test(text)
  return mayGoOn ? { type: 'incomplete' } : { type: 'ignored', length: 1 }
}
