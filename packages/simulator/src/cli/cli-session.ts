import type { PagerStyle } from '../terminal/pager.js'

/** A device's answer to one line. */
export interface Answer {
  /** Text with `\n` line ends, complete lines. */
  readonly output: string
  /** Stands in for the prompt: the device wants to know something, or more lines of a block. */
  readonly ask?: Question
  /** The session ends after the output. */
  readonly close?: boolean
  /** For `exec` requests over SSH and for Linux. Default 0, or 1 after a refusal. */
  readonly exitStatus?: number
  /** Kept apart from the output by `exec` requests only; a terminal shows both. */
  readonly errorOutput?: string
  /** The device refused the line: for counters. */
  readonly refused?: boolean
  /** The output is sent byte for byte (as latin1) and no prompt is added: it has its own line ends and prompt. */
  readonly verbatim?: boolean
}

/** What a device asks before it goes on. */
export interface Question {
  readonly prompt: string
  /** The answer is not echoed: a password. */
  readonly hidden?: boolean
  answer(text: string): Answer
}

/** Rows and columns that the session believes its terminal to have. 0 rows: no pager. */
export interface Screen {
  rows: number
  columns: number
}

/** What a line would do: for faults and counters. Known before the line is taken. */
export type LineKind = 'command' | 'config' | 'commit'

/**
 * The device's side of one login: lines in, answers out. A pure state machine: it reads no clock, no socket and no
 * random numbers of its own. One per connection.
 */
export interface CliSession {
  readonly screen: Screen
  readonly pager: PagerStyle
  /** Name of the mode: `user`, `exec`, `config`, `config-if`, `shell`, ... */
  readonly mode: string
  /** The prompt; may have several lines (`\n`). */
  prompt(): string
  /** Takes one line, without its end. */
  input(line: string): Answer
  kindOf(line: string): LineKind
  /** The platform's own way of refusing the line. */
  refuse(line: string): Answer
  /**
   * Gets a key that arrives alone at a prompt, before it becomes part of a line. `undefined`: no special key. Absent: no
   * key is special.
   */
  key?(key: string): Answer | undefined
  /** Present when the session's answers hold the echo of what was typed: then nothing else prints it. */
  readonly echoesItself?: boolean
  /** Ctrl-Z: what IOS-like devices take for `end`. */
  endKey?(): Answer
  /** The connection is gone. Drops what belongs to the session alone. */
  close(): void
}

/** A recorder of what one session did to its device; the evidence that tests read. */
export interface SessionRecorder {
  /** A config line was accepted, into the running configuration or into a candidate. */
  configLine(line: string, mode: string, target: 'running' | 'candidate'): void
  /** A candidate came into force. */
  commit(kind: 'commit' | 'commit_confirmed' | 'confirm' | 'rollback'): void
  /** A candidate was dropped. */
  discard(): void
  save(): void
}

/** Who logged in. */
export interface Login {
  readonly user: string
  /** From 1, per device. */
  readonly session: number
  /** 15 starts in the privileged mode; below, in the user mode where the dialect has one. */
  readonly privilege: number
  /** The account's password: what `sudo` asks for. */
  readonly password: string
  readonly screen: Screen
  readonly record: SessionRecorder
}

/** The words of a login over telnet. */
export interface LoginDialogueText {
  readonly username: string
  readonly password: string
  /** Line printed after a wrong password. */
  readonly refused: string
}

/** The inside of one device: its configurations, shared by all its sessions. */
export interface DeviceModel {
  readonly hostname: string
  /** Text with `\n` ends. */
  readonly runningConfig: string
  readonly startupConfig: string
  /** Absent where the platform has none, or when nothing is pending. */
  readonly candidateConfig?: string
  /** What telnet asks before the login. */
  readonly loginDialogue: LoginDialogueText
  /** Printed after login, before the first prompt; `''` for none. */
  readonly motd: string
  open(login: Login): CliSession
  /** Ends timers. */
  close(): void
}
