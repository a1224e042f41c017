import type { SimProcess } from '../world/sim-process.js'

/**
 * How a device takes configuration: `live`, each line is in force at once; `candidate`, at the commit; `confirmed`, a
 * candidate with a dead-man timer, should a commit ask for it.
 */
export type DeviceKind = 'live' | 'candidate' | 'confirmed'

/** A connection as the device sees it. */
export interface DeviceSession {
  readonly process: SimProcess
  readonly user: string
  /** Job whose configuration it takes. */
  job: string
  candidate: string[]
  isOpen: boolean
  /** What the device is working on for it. */
  busyWith: string | undefined
}

/** Something that may change a device: bytes in config mode, a command of unknown effect. */
interface Write {
  readonly job: string
  readonly session: DeviceSession
}

/** A device that keeps count of everything and notices what must not happen. */
export class SimDevice {
  readonly host: string
  readonly kind: DeviceKind
  /** Lines in force, in order. */
  readonly running: string[] = []
  /** How often each line, or command of unknown effect, has arrived. */
  readonly arrived = new Map<string, number>()
  readonly violations: { readonly invariant: 'I2' | 'I6'; readonly message: string }[] = []
  readonly #sessions = new Set<DeviceSession>()
  readonly #writers = new Set<string>()
  readonly #limit: number
  #last: Write | undefined

  constructor(host: string, kind: DeviceKind, limit: number) {
    this.host = host
    this.kind = kind
    this.#limit = limit
  }

  get sessions(): readonly DeviceSession[] {
    return [...this.#sessions]
  }

  /** A login. Jobs with a connection of their own are not counted: their number is the caller's choice. */
  open(process: SimProcess, user: string): DeviceSession {
    const session: DeviceSession = { process, user, job: '', candidate: [], isOpen: true, busyWith: undefined }
    this.#sessions.add(session)
    // A paused process cannot close what it holds; nor can one whose process has died keep it.
    const counted = this.sessions.filter((one) => one.user !== 'fifo' && !one.process.isPaused && !one.process.isDead)
    if (user !== 'fifo' && counted.length > this.#limit)
      this.#violation('I6', `${counted.length} sessions (${counted.map((one) => one.process.name).join(', ')})`)
    return session
  }

  close(session: DeviceSession): void {
    session.isOpen = false
    session.candidate = []
    session.busyWith = undefined
    this.#sessions.delete(session)
  }

  /** Bytes that may change the device have come. */
  wrote(session: DeviceSession, job: string): void {
    const other = this.sessions.find((one) => one !== session && one.busyWith !== undefined)
    if (other !== undefined)
      this.#violation(
        'I2',
        `${session.process.name} writes ${job} while ${other.process.name} writes ${other.busyWith}`,
      )
    const writer = `${job} by ${session.process.name}`
    const last = this.#last
    if (
      last !== undefined &&
      (last.job !== job || last.session.process !== session.process) &&
      this.#writers.has(writer)
    )
      this.#violation('I2', `${writer} goes on after ${last.job} by ${last.session.process.name} had begun`)
    this.#writers.add(writer)
    this.#last = { job, session }
  }

  arrive(line: string): void {
    this.arrived.set(line, (this.arrived.get(line) ?? 0) + 1)
  }

  /** The store says that another process holds the device. */
  wroteWithoutRight({ name }: SimProcess, job: string, holder: string): void {
    this.#violation('I2', `${name} writes ${job}, but ${holder} holds the device`)
  }

  #violation(invariant: 'I2' | 'I6', message: string): void {
    this.violations.push({ invariant, message: `${this.host}: ${message}` })
  }
}
