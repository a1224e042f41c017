/** A pattern ready to be matched against the tail of what a device printed. */
export interface PromptMatcher {
  /**
   * Whether the text ends in the prompt. `tail`: the text after the last line end (or the last lines, for prompts of
   * several lines), without ANSI sequences, with `\n` line ends. More text does no harm: only its end is looked at.
   */
  matches(tail: string): boolean
  /** Where in `tail` the prompt begins; `undefined` when there is none. What a channel cuts off from an answer. */
  start?(tail: string): number | undefined
}

/** One CLI dialect, as its YAML file says it, checked, with patterns compiled. Immutable; shared by all sessions. */
export interface Platform {
  /** `vendor_os`. */
  readonly name: string
  /** Names that mean the same: Netmiko device types, older names. */
  readonly aliases: readonly string[]
  readonly ntcPlatform?: string
  /** Longest prompt in lines; the channel looks at no more of the tail than this. */
  readonly promptLines: number
  /** A prompt of any mode. */
  readonly prompt: PromptMatcher
  readonly defaultMode: string
  readonly modes: ReadonlyMap<string, Mode>
  /** Steps after login, in order. */
  readonly onOpen: readonly Step[]
  readonly onClose: readonly Step[]
  readonly failureIndicators: readonly FailureIndicator[]
  readonly pagers: readonly Pager[]
  /** Absent on platforms that cannot be configured by lines. */
  readonly config?: ConfigDialect
  /**
   * Command prefixes that only read, as words: `sh[ow]` stands for `sh` to `show`, `*` for any one word, `...` for any
   * number of words.
   */
  readonly showPrefixes: readonly string[]
  /** Filters that may follow a `|` in a command that only reads. Default: none. */
  readonly showFilters?: readonly string[]
  /** What makes a command more than reading, wherever it stands: `;`, `>`. Default: none. */
  readonly showExcludes?: readonly RegExp[]
  /** What the command policy has to know of the platform. */
  readonly policy: PlatformPolicy
  /** How telnet logs in; every platform has it, from defaults. */
  readonly login: LoginDialogue
  /** What a return key sends. Default `\n`. */
  readonly returnKey: string
  /** What interrupts a running command; absent where nothing does. */
  readonly interruptKey?: string
}

/** Commands that no request may send unless somebody lifts that, and where commands hide in a line. */
export interface PlatformPolicy {
  /** Rules of commands that restart or wipe the device, or lock everybody out of it, in the words of `showPrefixes`. */
  readonly denied: readonly string[]
  /** Words that hand the rest of the line on as a command: `do`; with `...` at the end it may begin at any later word. */
  readonly prefixes: readonly string[]
  /** Texts that begin another command: `;` where the platform chains. */
  readonly separators: readonly string[]
}

export interface Mode {
  readonly name: string
  readonly prompt: PromptMatcher
  /** Direct ways to other modes. */
  readonly moves: ReadonlyMap<string, readonly Step[]>
}

/** One step of a way between modes, of opening or of closing. */
export type Step =
  /** Move to a mode along the graph. */
  | { readonly type: 'enter_mode'; readonly mode: string }
  /** Send a line and wait for a prompt. */
  | { readonly type: 'send_input'; readonly input: string }
  /** Send a line, answer the question that follows, wait for a prompt. */
  | {
      readonly type: 'send_prompted_input'
      readonly input: string
      readonly question: PromptMatcher
      /** Literal text, or the name of a secret of the request. */
      readonly answer: { readonly text: string } | { readonly secret: string }
    }
  /** Write a line and wait for nothing. */
  | { readonly type: 'write'; readonly input: string }

/** Text by which a device refuses. */
export interface FailureIndicator {
  /** `unknown_command`, `incomplete`, `ambiguous`, `invalid_input`, `denied`, `commit_failed`, `other`. */
  readonly kind: string
  /** Matched against each line of an answer. */
  readonly pattern: RegExp
  /** It counts only in answers of at most this many lines: for words that longer output may hold too. */
  readonly longestAnswerLines?: number
}

/** A pause in the output, and what goes on. */
export interface Pager {
  /** Matched at the end of the buffer. */
  readonly pattern: RegExp
  readonly answer: string
}

/** How a platform is configured. */
export interface ConfigDialect {
  /** The mode that takes config lines. */
  readonly mode: string
  /** Modes that count as it after other ways in: `configuration_exclusive`, ... */
  readonly exclusiveMode?: string
  /** Questions of commit, discard and of leaving the mode, with their answers. */
  readonly questions?: readonly QuestionAnswer[]
  /** Commands to run in config mode; absent: lines are in force at once. `discard` may leave the mode. */
  readonly candidate?: {
    readonly commit: readonly string[]
    readonly discard: readonly string[]
    /** Shows the difference; absent where the platform cannot. */
    readonly compare?: string
    /** `{seconds}` or `{minutes}` is replaced; minutes are rounded up. */
    readonly commitConfirmed?: string
    readonly confirm?: string
  }
  /** Running to startup, from the base mode; questions with their answers. */
  readonly save?: {
    readonly command: string
    readonly answers: readonly QuestionAnswer[]
    /** The mode to be in for it, where that is not the base mode. */
    readonly mode?: string
  }
  /** Lines that start a block with its own end: banners, certificates. */
  readonly blocks: readonly ConfigBlockRule[]
}

export interface QuestionAnswer {
  readonly question: RegExp
  readonly answer: string
}

export interface ConfigBlockRule {
  readonly start: RegExp
  /** `delimiter`: the block ends at the next place holding the character(s) that `start` captured; or a fixed pattern. */
  readonly end: { readonly type: 'delimiter' } | { readonly type: 'pattern'; readonly pattern: RegExp }
}

/** Questions of a login dialogue over telnet (or after an SSH login without authentication). */
export interface LoginDialogue {
  readonly username: RegExp
  readonly password: RegExp
  /** The device refused the login. */
  readonly refused: RegExp
}
