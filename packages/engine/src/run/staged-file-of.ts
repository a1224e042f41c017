import type { NewJob } from '@netpulse/core'

/** Id of the uploaded file that a job sends to its device, if it does. */
export function stagedFileOf({ request: { operation } }: Pick<NewJob, 'request'>): string | undefined {
  if (operation.type !== 'file_transfer' || operation.transfer.place.type !== 'staged') return undefined
  return operation.transfer.place.id
}
