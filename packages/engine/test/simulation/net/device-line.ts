import { driverError } from '@netpulse/driver-sdk'
import type { CallContext } from '@netpulse/driver-sdk'
import type { Random } from '../world/random.js'
import type { SimProcess } from '../world/sim-process.js'
import type { DeviceSession, SimDevice } from './sim-device.js'
import type { Wire } from './wire.js'

/** What a device does with an exchange. */
export interface Exchange {
  readonly label: string
  /** Job that may change the device by it; absent: it only reads. */
  readonly writes?: string
  /** Takes effect when the bytes have come. Answers with what the device says. */
  readonly effect: (session: DeviceSession) => string
}

export interface DeviceLineOptions {
  readonly process: SimProcess
  readonly device: SimDevice
  readonly wire: Wire
  readonly random: Random
  /** Longest time that a device works on an input. Milliseconds. */
  readonly workMs: number
  /** Name of the process that holds the device, as the store says; `undefined`: none. */
  readonly holder: (device: SimDevice) => Promise<string | undefined>
  /** The device hung up while nobody asked it anything. */
  readonly onLost: () => void
}

/** One connection from a process to a device. What left the process arrives, whatever becomes of the process. */
export class DeviceLine {
  readonly #options: DeviceLineOptions
  #session: DeviceSession | undefined
  #isClosed = false
  #waiting: ((error: Error) => void) | undefined
  usable = true

  constructor(options: DeviceLineOptions) {
    this.#options = options
    // The operating system closes what a process leaves behind.
    options.process.onDeath(() => this.#close())
  }

  async login(user: string, context: CallContext): Promise<void> {
    const { device, process } = this.#options
    const connect = (): void => {
      this.#session = device.open(process, user)
      if (this.#isClosed) device.close(this.#session)
    }
    try {
      await this.#exchange({ label: 'open', effect: () => device.host }, context, connect)
    } catch (error) {
      // A driver that throws leaves no connection behind.
      this.#close()
      await this.#delivered()
      throw error
    }
  }

  /** @throws SESSION_LOST; the signal's reason */
  async ask(exchange: Exchange, context: CallContext): Promise<string> {
    context.signal.throwIfAborted()
    if (!this.usable) throw this.#lost()
    return this.#exchange(exchange, context, () => undefined)
  }

  /** Says goodbye; the device sees it after everything that was sent before. */
  async leave(): Promise<void> {
    const { process, wire, device } = this.#options
    if (this.#isClosed || process.isDead) return
    wire.step(process, `> ${device.host} close`)
    this.#close()
    await this.#delivered()
  }

  /** The device hangs up. */
  hangUp(): void {
    const { device, process, wire, onLost } = this.#options
    if (this.#session === undefined || !this.#session.isOpen) return
    wire.note(undefined, `${device.host} hangs up on ${process.name}`)
    device.close(this.#session)
    wire.sendLast(() =>
      process.enter(() => {
        if (!this.usable) return
        this.usable = false
        if (this.#waiting === undefined) onLost()
        else this.#waiting(this.#lost())
      }),
    )
  }

  /** Resolves when the device has got everything that was sent. */
  #delivered(): Promise<void> {
    const { process, wire } = this.#options
    return new Promise((resolve) => wire.sendLast(() => process.enter(resolve)))
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.usable = false
    this.#options.wire.sendLast(() => {
      if (this.#session !== undefined) this.#options.device.close(this.#session)
    })
  }

  #exchange(exchange: Exchange, context: CallContext, first: () => void): Promise<string> {
    const { process, wire, device } = this.#options
    const answered = new Promise<string>((resolve, reject) => {
      if (process.isDead) return
      wire.step(process, `> ${device.host} ${exchange.label}`)
      if (process.isDead) return
      this.#waiting = reject
      // With the operating system from here on: neither a pause nor a kill of the process keeps it back.
      wire.send(() => {
        first()
        this.#arrived(exchange, resolve)
      })
    })
    return this.#untilAborted(context.signal, answered)
  }

  async #untilAborted(signal: AbortSignal, answered: Promise<string>): Promise<string> {
    let stop = (): void => undefined
    const aborted = new Promise<never>((_, reject) => {
      stop = () => {
        this.usable = false
        reject(signal.reason as Error)
      }
    })
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([answered, aborted])
    } finally {
      this.#waiting = undefined
      signal.removeEventListener('abort', stop)
    }
  }

  #arrived({ label, writes, effect }: Exchange, answer: (text: string) => void): void {
    const { device, process, random, wire, workMs } = this.#options
    const session = this.#session
    if (session === undefined || !session.isOpen) return
    wire.note(undefined, `${device.host} gets ${label} of ${process.name}`)
    if (writes !== undefined) this.#wrote(session, writes)
    const said = effect(session)
    wire.after(random.next() * workMs, () => {
      if (!session.isOpen) return
      session.busyWith = undefined
      if (process.isDead) return
      wire.step(process, `< ${device.host} ${label}`)
      wire.send(() => process.enter(() => answer(said)))
    })
  }

  #wrote(session: DeviceSession, job: string): void {
    const { device, process, holder } = this.#options
    device.wrote(session, job)
    session.busyWith = job
    void holder(device).then((name) => {
      if (name !== undefined && name !== process.name) device.wroteWithoutRight(process, job, name)
    })
  }

  #lost(): Error {
    return driverError('SESSION_LOST', `${this.#options.device.host} is gone.`)
  }
}
