import type { StepAction } from '../net/wire.js'
import type { SimFault } from './scenario.js'
import type { SimProcess, WakeOrder } from './sim-process.js'
import type { VirtualClock } from './virtual-clock.js'

export interface FaultsOptions {
  readonly clock: VirtualClock
  readonly process: (base: string) => SimProcess | undefined
  readonly boot: (base: string) => void
  readonly note: (process: SimProcess, text: string) => void
}

/** Lets the faults of a scenario strike, each at its step or time, in the process's first life. */
export class Faults {
  readonly #options: FaultsOptions
  readonly #faults: readonly SimFault[]
  /** When the last trouble began, and when it was over. Milliseconds. */
  lastStartMs = 0
  lastEndMs = 0
  struck = 0

  constructor(faults: readonly SimFault[], options: FaultsOptions) {
    this.#faults = faults
    this.#options = options
  }

  plan(): void {
    for (const fault of this.#faults) {
      if ('atMs' in fault) this.#options.clock.setTimer(fault.atMs, () => this.#strikeBase(fault))
    }
  }

  atStep(process: SimProcess, step: number): StepAction | undefined {
    if (!process.name.endsWith('.1')) return undefined
    const fault = this.#faults.find((one) => 'step' in one && one.step === step && one.process === process.base)
    if (fault === undefined) return undefined
    if (fault.type !== 'lose_answer') return { type: 'run', run: () => this.#strike(fault, process) }
    this.#began(0)
    return { type: 'lose_answer' }
  }

  #strikeBase(fault: SimFault): void {
    const process = this.#options.process(fault.process)
    if (process !== undefined && !process.isDead) this.#strike(fault, process)
  }

  #strike(fault: SimFault, process: SimProcess): void {
    const { clock, note } = this.#options
    note(process, `*** ${fault.type} ${'forMs' in fault ? fault.forMs : ''}`)
    this.#began('forMs' in fault ? fault.forMs : 0)
    switch (fault.type) {
      case 'crash':
        process.die()
        if (fault.restartMs !== undefined) clock.setTimer(fault.restartMs, () => this.#options.boot(fault.process))
        return
      case 'pause':
        process.pause()
        clock.setTimer(fault.forMs, () => this.#resume(process, fault.wakes))
        return
      case 'cut':
        process.cutOff(fault.how)
        clock.setTimer(fault.forMs, () => this.#heal(process))
        return
      case 'clock_step':
        process.stepWallClock(fault.byMs)
        return
      case 'lose_answer':
        return
    }
  }

  #resume(process: SimProcess, wakes: WakeOrder): void {
    if (process.isDead) return
    this.#options.note(process, '*** goes on')
    process.resume(wakes)
  }

  #heal(process: SimProcess): void {
    if (process.isDead) return
    this.#options.note(process, '*** reaches the store again')
    process.heal()
  }

  #began(forMs: number): void {
    const nowMs = this.#options.clock.monotonicMs()
    this.struck++
    this.lastStartMs = nowMs
    this.lastEndMs = Math.max(this.lastEndMs, nowMs + forMs)
  }
}
