import type { Running } from '@netpulse/queue'
import type { DeliveryConsumer } from './deliveries.js'
import { consumeDeliveries } from './deliveries.js'

type JobDelivery = { readonly id: string }

/** A consumer of job ids. */
export type BeeConsumer = Omit<DeliveryConsumer<JobDelivery>, 'run' | 'exclusive'> & {
  /**
   * Called with the job's id for each delivery, at least once: again, uncounted and out of order, when its consumer
   * stalls. When it rejects, the delivery is gone all the same.
   */
  readonly run: (jobId: string, delivery: string) => Promise<void>
}

/**
 * Consumes a bee queue of job ids, beside other consumers.
 * @throws STORE_UNAVAILABLE
 */
export const consumeBee = ({ run, ...consumer }: BeeConsumer): Promise<Running> =>
  consumeDeliveries<JobDelivery>({ ...consumer, run: ({ id }, delivery) => run(id, delivery) })
