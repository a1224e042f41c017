import type { LineKind } from '../cli/cli-session.js'

/** What the device does when a fault strikes: hangs up in order, resets the connection, or never says another word. */
export type FaultAction = 'close' | 'reset' | 'hang'

/** Where a fault strikes. */
export type FaultPoint =
  /** The TCP connection was accepted; no byte was sent. */
  | { readonly at: 'connect' }
  /** The login was right; no prompt was sent. */
  | { readonly at: 'login' }
  /** A line that is no config line and no commit. */
  | { readonly at: 'command'; readonly match?: RegExp }
  /** The `line`-th config line of a connection, from 0; absent: every one that matches. */
  | { readonly at: 'config-line'; readonly line?: number; readonly match?: RegExp }
  /** A commit. */
  | { readonly at: 'commit' }

/** Something that goes wrong, on purpose. */
export type Fault = FaultPoint & {
  /** Default `close`. A hanging device can be interrupted with Ctrl-C only when `interruptible` is set. */
  readonly action?: FaultAction
  readonly interruptible?: boolean
  /** Bytes of the answer that are still sent; also for `hang`. Default 0: not even the echo. */
  readonly afterBytes?: number
  /** Whether the line takes effect before the device fails. Default `true`: done, but never acknowledged. */
  readonly applied?: boolean
  /** How often it strikes. Default 1; `Infinity`: always. */
  readonly times?: number
}

interface ArmedFault {
  readonly fault: Fault
  left: number
}

/** The faults of one device that may still strike. */
export class FaultPlan {
  #armed: ArmedFault[] = []

  add(fault: Fault): void {
    this.#armed.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#armed = []
  }

  get isEmpty(): boolean {
    return this.#armed.length === 0
  }

  /** The fault that strikes at a point before any line; uses up one of its times. */
  takeAt(point: 'connect' | 'login'): Fault | undefined {
    return this.#take((fault) => fault.at === point)
  }

  /** The fault that strikes at this line; uses up one of its times. `configLine` counts in the connection, from 0. */
  takeForLine(line: string, kind: LineKind, configLine: number): Fault | undefined {
    return this.#take((fault) => strikes(fault, line, kind, configLine))
  }

  #take(matches: (fault: Fault) => boolean): Fault | undefined {
    const armed = this.#armed.find(({ fault }) => matches(fault))
    if (armed === undefined) return undefined
    if (--armed.left <= 0) this.#armed = this.#armed.filter((other) => other !== armed)
    return armed.fault
  }
}

function strikes(fault: Fault, line: string, kind: LineKind, configLine: number): boolean {
  switch (fault.at) {
    case 'command':
      return kind === 'command' && (fault.match?.test(line) ?? line.trim() !== '')
    case 'config-line':
      return kind === 'config' && (fault.line ?? configLine) === configLine && (fault.match?.test(line) ?? true)
    case 'commit':
      return kind === 'commit'
    default:
      return false
  }
}
