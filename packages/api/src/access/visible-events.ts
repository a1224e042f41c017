import type { JobEvent } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { Principal } from '../principal.js'
import { visibility } from './visibility.js'

/** The events of the jobs that the key may read. */
export async function* visibleEvents(
  netpulse: Pick<NetPulse, 'find'>,
  events: AsyncIterable<JobEvent>,
  principal: Principal,
): AsyncGenerator<JobEvent, void, undefined> {
  const sees = visibility(netpulse, principal)
  for await (const event of events) if (await sees(event.jobId)) yield event
}
