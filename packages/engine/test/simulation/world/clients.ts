import type { JobId } from '@netpulse/core'
import type { CancelOutcome } from '@netpulse/queue'
import type { SubmitRequest } from '../../../src/netpulse.js'
import type { Wire } from '../net/wire.js'
import type { Machines } from './machines.js'
import type { Random } from './random.js'
import type { SimJob } from './scenario.js'
import type { SimProcess } from './sim-process.js'
import type { VirtualClock } from './virtual-clock.js'

/** Pause of a client that finds no controller. */
const clientPauseMs = 250

export interface ClientsOptions {
  readonly clock: VirtualClock
  readonly wire: Wire
  readonly machines: Machines
  readonly random: Random
}

/** Those who submit jobs, cancel them, and wait for their end, each through any controller that answers. */
export class Clients {
  /** Jobs that a client was told are stored. */
  readonly accepted = new Map<string, JobId>()
  /** Code of the refusal, by job. */
  readonly refused = new Map<string, string>()
  readonly canceled = new Map<string, CancelOutcome>()
  /** Who waits for the end of a job through which process. */
  readonly waiting = new Map<string, SimProcess>()
  /** Status that a client was told at the end. */
  readonly told = new Map<string, string>()
  /** Requests that found no controller yet. */
  pending = 0
  /** When the last request was sent. Milliseconds. */
  lastMs = 0
  readonly #options: ClientsOptions

  constructor(options: ClientsOptions) {
    this.#options = options
  }

  submit(job: SimJob): void {
    this.#through((process) => {
      process.engine!.submit(requestOf(job)).then(
        ({ id }) => {
          this.accepted.set(job.name, id)
          this.#options.wire.note(undefined, `client: ${job.name} is accepted`)
          this.#wait(job.name, id)
        },
        (error: unknown) => {
          const code = String((error as { code?: string }).code)
          this.#options.wire.note(undefined, `client: ${job.name} is refused: ${code}`)
          this.refused.set(job.name, code)
        },
      )
    })
  }

  cancel(name: string): void {
    const id = this.accepted.get(name)
    if (id === undefined) return
    this.#through((process) => {
      process.engine!.cancel(id).then(
        (outcome) => void this.canceled.set(name, outcome),
        () => undefined,
      )
    })
  }

  /** Ends the worker that holds the device, should a node report one. */
  endWorker(host: string): void {
    this.#through((process) => {
      const engine = process.engine!
      const end = async (): Promise<void> => {
        const worker = (await engine.workers()).find(({ device }) => device === host)
        if (worker !== undefined) await engine.endWorker(worker.name)
      }
      end().catch(() => undefined)
    })
  }

  #wait(name: string, id: JobId): void {
    this.#through((process) => {
      this.waiting.set(name, process)
      process.engine!.wait(id).then(
        ({ status }) => {
          this.waiting.delete(name)
          this.told.set(name, status)
        },
        () => void this.waiting.delete(name),
      )
    })
  }

  #through(ask: (process: SimProcess) => void): void {
    const { machines, random, clock } = this.#options
    const process = machines.controller(random)
    if (process !== undefined) {
      this.lastMs = clock.monotonicMs()
      return process.enter(() => ask(process))
    }
    this.pending++
    clock.setTimer(clientPauseMs, () => {
      this.pending--
      this.#through(ask)
    })
  }
}

function requestOf({ name, host, type, lines, user, save, ttlSeconds }: SimJob): SubmitRequest {
  return {
    driver: 'sim',
    connectionArgs: { host, username: type === 'fifo' ? 'fifo' : user, password: `secret of ${user}` },
    tags: [name],
    resultTtlSeconds: 3_600,
    ...(type === 'config' ? { config: lines, driverArgs: { job: name } } : { command: lines }),
    ...(type === 'fifo' ? { queueStrategy: 'fifo' } : {}),
    ...(type === 'config' && save === true ? { switches: { save: true } } : {}),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  }
}
