import type { AuditAct } from '@netpulse/core'
import { asDeviceId } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { FastifyRequest } from 'fastify'
import { targetOfId } from './access/job-access.js'
import { principalOf } from './authentication.js'

/** Something that a request has done; what is left out has none. */
export type DoneAct = Pick<AuditAct, 'action'> & Partial<Omit<AuditAct, 'action' | 'actor' | 'source'>>

/**
 * Puts what a request has done into the audit record, with who sent it and from where. Called after the act: where it
 * cannot be recorded the request fails, and the act is done.
 * @throws STORE_UNAVAILABLE
 */
export async function recordAct({ audit }: NetPulse, request: FastifyRequest, act: DoneAct): Promise<void> {
  const { id, name } = principalOf(request)
  await audit?.append({
    ...{ device: null, job: null, outcome: 'succeeded', details: {} },
    ...act,
    host: act.host ?? (act.device ? targetOfId(asDeviceId(act.device)).host : null),
    actor: { id, name },
    source: request.ip,
  })
}
