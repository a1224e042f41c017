import { Secret } from '@netpulse/core'
import type { Notifier, NotifyContext, WebhookMessage } from '@netpulse/plugin-sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createGuardedHttp } from '../guard/guarded-http.js'
import { createSigner } from '../signing.js'
import { Receiver, silence, status } from './receiver.js'

const secret = new Secret(`whsec_${Buffer.alloc(32, 'k').toString('base64')}`)
const canary = 'canary-pa55word'

const messageTo = (url: string): WebhookMessage => ({
  id: 'job_1',
  event: 'job.completed',
  payload: { id: 'job', status: 'finished' },
  target: { url, method: 'POST', headers: {}, cookies: {}, auth: ['user', canary] },
  attempt: 1,
})

/**
 * What NetPulse relies on in a notifier that delivers over HTTP, as tests. Call it in a test file of the package that
 * has the notifier; it needs vitest there.
 */
export function notifierContract(name: string, load: () => Promise<Notifier> | Notifier): void {
  describe(`notifier contract: ${name}`, () => {
    const http = createGuardedHttp({ allow: ['127.0.0.1'] })
    let notifier: Notifier
    let receiver: Receiver
    const context = (signal = AbortSignal.timeout(10_000)): NotifyContext => ({
      http,
      signal,
      sign: (body) => createSigner([secret]).headers('job_1', new Date(), body),
    })
    beforeAll(async () => {
      notifier = await load()
      receiver = await Receiver.start()
    })
    afterEach(() => {
      receiver.answer = status(200)
    })
    afterAll(async () => {
      await receiver.stop()
      await http.close()
    })

    it('resolves once the receiver has taken the message', async () => {
      const before = receiver.received.length
      await notifier.send(messageTo(receiver.url), context())
      expect(receiver.received.length).toBe(before + 1)
    })

    it('throws when the receiver did not take it, in a way that is tried again, and without its secrets', async () => {
      receiver.answer = status(503)
      const failure = await notifier.send(messageTo(receiver.url), context()).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Error)
      expect(JSON.stringify([failure, String(failure)])).not.toContain(canary)
      expect((failure as { readonly retryable?: boolean }).retryable).not.toBe(false)
    })

    it('ends with its signal while the receiver is silent', async () => {
      receiver.answer = silence
      const controller = new AbortController()
      const count = receiver.received.length + 1
      const sending = notifier
        .send(messageTo(receiver.url), context(controller.signal))
        .catch((error: unknown) => error)
      await receiver.got(count)
      controller.abort(new Error('enough'))
      expect(await sending).toBeInstanceOf(Error)
    })

    it('reaches no address that it must not', async () => {
      const count = receiver.received.length
      const url = receiver.url.replace('127.0.0.1', '127.0.0.2')
      await expect(notifier.send(messageTo(url), context())).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
      expect(receiver.received.length).toBe(count)
    })
  })
}
