/** How an attempt to deliver ended: taken, to be tried again, or given up for good. */
export type DeliveryOutcome = 'delivered' | 'retried' | 'dead'
