import type { RecordedExchange, RecordedSession } from './recorded-session.js'

/** A device that says what was recorded. */
export interface Replay {
  /** State that the device is in; `undefined` after it closed the connection. */
  readonly state: string | undefined
  /** How many exchanges of the recording have been used, each counted once. */
  readonly used: number
  /**
   * The device gets a line (`enter`) or lone keys. The answer is the recorded one, and moves the device on;
   * `undefined` when nothing was recorded for it, and the device stays where it is.
   */
  receive(input: string, enter?: boolean): RecordedExchange | undefined
}

class SessionReplay implements Replay {
  readonly #exchanges: readonly RecordedExchange[]
  readonly #used = new Set<RecordedExchange>()
  #state: string | undefined

  constructor(session: RecordedSession) {
    this.#exchanges = session.exchanges
    this.#state = session.startState
  }

  get state(): string | undefined {
    return this.#state
  }

  get used(): number {
    return this.#used.size
  }

  receive(input: string, enter = true): RecordedExchange | undefined {
    const fitting = this.#exchanges.filter(
      (one) => one.mode === this.#state && one.input === input && one.enter === enter,
    )
    const exchange = fitting.find((one) => !this.#used.has(one)) ?? fitting.at(-1)
    if (exchange === undefined) return undefined
    this.#used.add(exchange)
    this.#state = exchange.nextMode
    return exchange
  }
}

/**
 * Serves a recorded session. For an input that was recorded several times in one state, the first answer not yet given
 * is next; once all were given, the last one is given again.
 */
export function createReplay(session: RecordedSession): Replay {
  return new SessionReplay(session)
}
