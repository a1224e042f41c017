import type { JobId, JobRecord } from '@netpulse/core'
import { coreError } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { FastifyReply } from 'fastify'

/** Requests that stay open: long polls and streams. All are let go when the server closes, so that no client holds it up. */
export class OpenRequests {
  readonly #netpulse: NetPulse
  readonly #open = new Set<AbortController>()
  #closing = false

  constructor(netpulse: NetPulse) {
    this.#netpulse = netpulse
  }

  /** The server closes. */
  get closing(): boolean {
    return this.#closing
  }

  /**
   * The job when it has ended, or as it stands after `seconds` or when the server closes.
   * @throws JOB_NOT_FOUND; ABORTED when the client has gone
   */
  async wait(id: JobId, seconds: number, reply: FastifyReply): Promise<JobRecord> {
    if (this.#closing) return this.#netpulse.get(id)
    const { signal, leave } = this.#enter(reply)
    try {
      return await this.#netpulse.wait(id, { timeoutMs: seconds * 1000, signal })
    } catch (error) {
      if (this.#closing) return await this.#netpulse.get(id)
      throw error
    } finally {
      leave()
    }
  }

  /** Aborted when the client has gone or the server closes. */
  signalFor(reply: FastifyReply): AbortSignal {
    return this.#enter(reply).signal
  }

  /** Lets everybody go who waits, now and later. */
  release(): void {
    this.#closing = true
    for (const stop of this.#open) stop.abort(coreError('ABORTED', 'The server is closing.'))
  }

  #enter(reply: FastifyReply): { readonly signal: AbortSignal; readonly leave: () => void } {
    const stop = new AbortController()
    const leave = (): void => {
      reply.raw.off('close', onGone)
      this.#open.delete(stop)
    }
    const onGone = (): void => {
      leave()
      stop.abort(coreError('ABORTED', 'The client closed the connection.'))
    }
    if (this.#closing) stop.abort(coreError('ABORTED', 'The server is closing.'))
    this.#open.add(stop)
    reply.raw.once('close', onGone)
    return { signal: stop.signal, leave }
  }
}
