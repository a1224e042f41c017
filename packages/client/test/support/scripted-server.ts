import type { Fetch } from '@netpulse/client'
import { NetPulseClient } from '@netpulse/client'
import { FakeClock } from '@netpulse/core/testing'

/** A request as it went out. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** One answer, or what happens instead. */
export type Step = (sent: Sent, signal: AbortSignal) => Response | Promise<Response>

export const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Step => {
  return () =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

export const refusal = (status: number, code: string, headers?: Record<string, string>): Step =>
  answer(status, { detail: `It is ${code}.`, code }, headers)

/** As `fetch` of Node fails when nobody listens. */
export const unreachable: Step = () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
}

/** Never answers; ends as `fetch` does when it is aborted. */
export const silent: Step = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

/** A client whose requests are answered step by step, in a time that the test moves. */
export function scriptedClient(steps: Step[], options: { retries?: number; idempotencyKeys?: boolean } = {}) {
  const sent: Sent[] = []
  const clock = new FakeClock()
  const fetch: Fetch = async (url, init) => {
    const request = {
      method: init.method!,
      url,
      headers: init.headers as Record<string, string>,
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
    }
    sent.push(request)
    const step = steps.shift()
    if (step === undefined) throw new Error(`nobody expected ${request.method} ${url}`)
    return step(request, init.signal as AbortSignal)
  }
  const client = new NetPulseClient({
    url: 'http://np.test/api/',
    apiKey: 'np_key',
    fetch,
    clock,
    random: () => 1,
    ...options,
  })
  return { client, clock, sent, left: steps }
}

/** Moves time on until the promise settles. */
export async function settled<Value>(clock: FakeClock, promise: Promise<Value>): Promise<Value> {
  let done = false
  const end = (): void => void (done = true)
  promise.then(end, end)
  for (let steps = 0; !done && steps < 1000; steps++) await clock.advance(100)
  return promise
}
