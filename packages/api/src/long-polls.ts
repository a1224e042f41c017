import type { JobId, JobRecord } from '@netpulse/core'
import { coreError } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { FastifyReply } from 'fastify'

/** Requests that wait for a job. All are let go when the server closes, so that no client holds it up. */
export class LongPolls {
  readonly #netpulse: NetPulse
  readonly #open = new Set<AbortController>()
  #closing = false

  constructor(netpulse: NetPulse) {
    this.#netpulse = netpulse
  }

  /**
   * The job when it has ended, or as it stands after `seconds` or when the server closes.
   * @throws JOB_NOT_FOUND; ABORTED when the client has gone
   */
  async wait(id: JobId, seconds: number, reply: FastifyReply): Promise<JobRecord> {
    const stop = new AbortController()
    const onGone = (): void => stop.abort(coreError('ABORTED', 'The client closed the connection.'))
    if (this.#closing) return this.#netpulse.get(id)
    this.#open.add(stop)
    reply.raw.once('close', onGone)
    try {
      return await this.#netpulse.wait(id, { timeoutMs: seconds * 1000, signal: stop.signal })
    } catch (error) {
      if (this.#closing) return await this.#netpulse.get(id)
      throw error
    } finally {
      reply.raw.off('close', onGone)
      this.#open.delete(stop)
    }
  }

  /** Lets everybody go who waits, now and later. */
  release(): void {
    this.#closing = true
    for (const stop of this.#open) stop.abort(coreError('ABORTED', 'The server is closing.'))
  }
}
