import { coreError } from '@netpulse/core'
import type { FastifyReply } from 'fastify'

/** Runs what an answer needs; its signal is aborted with ABORTED when the client has gone. */
export async function whileConnected<Value>(
  reply: FastifyReply,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const gone = new AbortController()
  const onGone = (): void => gone.abort(coreError('ABORTED', 'The client closed the connection.'))
  reply.raw.once('close', onGone)
  try {
    return await run(gone.signal)
  } finally {
    reply.raw.off('close', onGone)
  }
}
