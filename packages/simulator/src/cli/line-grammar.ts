import type { Persona } from '../device/persona.js'
import type { PagerStyle } from '../terminal/pager.js'
import type { Answer } from './cli-session.js'
import type { LineSession } from './line-session.js'

/** Runs a command. A text is the output. */
export type LineHandler = (session: LineSession, args: readonly string[]) => Answer | string

export type LineCommands = readonly (readonly [pattern: string, handler: LineHandler])[]

/** What a prompt is made of. */
export interface LineMode {
  readonly level: 'user' | 'exec' | 'config'
  /** Names for the prompt, `''` at the top: `if`, `router`, `s-name` in a configuration session, ... */
  readonly section: string
  /** The lines that opened the sections. */
  readonly path: readonly string[]
  /** The candidate holds lines that are not in force. */
  readonly dirty: boolean
}

/** A config line that opens a section. */
export interface SectionRule {
  readonly pattern: RegExp
  /** For the prompt: `if` gives `(config-if)`. `$1` is the first group of the pattern. */
  readonly name: string
  /** It stands inside the nearest open section whose line matches; absent: always at the top. */
  readonly inside?: RegExp
}

/** Lines that the device collects until an end, without a prompt. */
export interface BlockRule {
  readonly pattern: RegExp
  /** Printed after the first line. */
  readonly intro: string
  /** Whether `text`, a later line, or the rest of the first one (`first`), ends the block. */
  endsAt(text: string, first: RegExpExecArray): boolean
  /** Whether the first line is the whole block already. */
  isWhole(first: RegExpExecArray): boolean
}

/** How a device words its refusals. `column` counts from the start of the typed line. */
export interface LineErrors {
  invalid(at: { line: string; column: number; token: string; prompt: string }): string
  incomplete(line: string): string
  ambiguous(line: string): string
  /** A wrong password for `enable`. */
  readonly badSecret: string
}

/** An IOS-like CLI as data: what differs between the platforms of that family. */
export interface LineGrammar {
  readonly platforms: readonly string[]
  /** `no`, `undo`. */
  readonly negation: string
  readonly comment: RegExp
  /** Config mode always works on a candidate, until `commit`. */
  readonly candidate: boolean
  /** Words of the line that names the device. */
  readonly hostnameWords: string
  prompt(hostname: string, mode: LineMode): string
  readonly errors: LineErrors
  /** Commands of the user mode, also known in the privileged one. */
  readonly user: LineCommands
  readonly privileged: LineCommands
  /** Commands of config mode that are no config lines. */
  readonly config: LineCommands
  /** First words of config lines; `+` behind a word: it needs an argument. */
  readonly rootWords: string
  readonly innerWords: string
  /** Lines that leave a section and are taken at the top although the section knows their first word. */
  readonly rootOnly: RegExp
  readonly sections: readonly SectionRule[]
  readonly blocks: readonly BlockRule[]
  /** Lines that hold one value; group 1 or the match are the words that name it. */
  readonly singleValue: RegExp
  /** Stands between sections of a printed configuration. */
  readonly separator: string
  readonly pager: PagerStyle
  /** Starts the line that proves identity. */
  readonly identityMark: string
  /** Printed before each answer in exec mode: a time stamp, or `''`. */
  preamble(session: LineSession): string
  /** Whether sessions start with a pager. */
  readonly isPaged: boolean
  readonly firstConfig: (hostname: string, persona: Persona) => string
  /** Full names of interfaces by their short forms. */
  readonly interfaces: Readonly<Record<string, string>>
}
