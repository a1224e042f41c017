import type { NewJob } from '@netpulse/core'
import type { JobStore } from '@netpulse/queue'
import { laneOf } from '@netpulse/queue'
import { engineError } from '../errors.js'
import type { Placement } from '../submit/placement.js'

export interface ErrandSenderOptions {
  readonly jobs: Pick<JobStore, 'submit'>
  readonly placement: Placement
  /** Asks the nodes to give up devices that rest. */
  readonly makeRoom: (count: number) => Promise<void>
}

/** Puts errands in the way of their device, behind what waits there. */
export class ErrandSender {
  readonly #options: ErrandSenderOptions

  constructor(options: ErrandSenderOptions) {
    this.#options = options
  }

  /** One that is there already is left as it is. @throws NO_WORKER, QUEUE_FULL, STORE_UNAVAILABLE */
  async send(job: NewJob): Promise<void> {
    const { placement, makeRoom } = this.#options
    if (await this.#offer(job)) return
    placement.forget()
    await makeRoom(1)
    if (await this.#offer(job)) return
    const { host } = job.request.device
    throw engineError('NO_WORKER', `No node has room for ${host}. Try again later.`)
  }

  async #offer(job: NewJob): Promise<boolean> {
    const { jobs, placement } = this.#options
    const { id, host } = job.request.device
    const nodes = laneOf(job) === 'device' ? ((await placement.place([id])).get(id) ?? []) : []
    const [outcome] = await jobs.submit([{ job, nodes }])
    if (outcome!.state === 'queue_full') throw engineError('QUEUE_FULL', `Too many jobs wait for ${host}.`)
    return outcome!.state !== 'no_capacity'
  }
}
