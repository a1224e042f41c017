/**
 * What a device sent for what was typed, byte by byte: one conversation that a simulated device can serve and a driver
 * can be tested with. Read from `fixtures/sessions/<platform>.session.yaml` by `loadSession`, or from a file of your
 * own by `parseSession`; `createReplay` serves it.
 *
 * A *state* is the name of a mode of the platform while the device waits at its prompt, or a name that starts with `?`
 * (`?password`, `?pager`, `?confirm`) while it waits for an answer.
 */
export interface RecordedSession {
  readonly platform: string
  /** The name that the device shows in its prompts. */
  readonly hostname: string
  /** Raw bytes from a successful login up to and with the first prompt: message of the day, prompt. */
  readonly login: string
  /** State after the login. */
  readonly startState: string
  /** What the device accepts for each secret that the platform asks for, by the secret's name. */
  readonly secrets: Readonly<Record<string, string>>
  /** In the order of the recording; see `createReplay` for how one is chosen. */
  readonly exchanges: readonly RecordedExchange[]
}

/** One thing typed, and everything that the device sent before it waited again. */
export interface RecordedExchange {
  /** State before. */
  readonly mode: string
  /** What was typed, without the return key. */
  readonly input: string
  /** `false`: keys sent alone, without return: the answer to a pager, Ctrl-C. */
  readonly enter: boolean
  /**
   * Raw bytes: the echo as the device printed it (nothing for a password), the output with its own line ends, and the
   * prompt, question or pager that the device then waited at.
   */
  readonly output: string
  /** State after. Absent: the device closed the connection. */
  readonly nextMode?: string
  /** The device refused the input: kind of the failure, as the platform's failure indicators name it. */
  readonly failure?: string
}
