import type { Answer, LineKind } from '../cli/cli-session.js'

/** What a script sees of the connection that a line came from. */
export interface ScriptContext {
  /** The device's name. */
  readonly device: string
  readonly user: string
  /** Number of the connection, from 1. */
  readonly session: number
  /** Mode before the line. */
  readonly mode: string
  readonly kind: LineKind
  /** Config lines that the connection has sent before. */
  readonly configLinesBefore: number
  /** Sends text at once, as it is. Line ends are `\r\n` on the wire. */
  write(text: string): void
  /** What the dialect answers; calling it lets the line take effect. */
  answer(): Answer
  /** Hangs up. */
  close(): void
}

/**
 * Behaviour of your own. Each hook may answer in place of the dialect: with text (`\n` line ends; the prompt follows), an
 * `Answer`, or a promise of either. `undefined` leaves the line to the dialect. With a promise that stays pending the device
 * hangs until Ctrl-C or the end of the connection. What a hook throws is thrown in the process: it is a bug of the script.
 */
export interface DeviceScript {
  /** Gets every line at a prompt; answers to questions do not come here. */
  onLine?(line: string, context: ScriptContext): ScriptAnswer
  /** After a login, before the first prompt: what is printed in place of the message of the day. */
  onLogin?(login: { readonly user: string; readonly session: number }): string | undefined
}

export type ScriptAnswer = string | Answer | undefined | Promise<string | Answer | undefined>
