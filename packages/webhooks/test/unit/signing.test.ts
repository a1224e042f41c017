import { randomBytes } from 'node:crypto'
import { Secret } from '@netpulse/core'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../../src/index.js'

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`
const body = '{"id":"1","text":"ü"}'

describe('a signer', () => {
  it('makes headers that the library of Standard Webhooks accepts, for this body only', () => {
    const secret = newSecret()
    const headers = { ...createSigner([new Secret(secret)]).headers('job_1', new Date(), body) }
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow()
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow()
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'job_2' })).toThrow()
  })

  it('signs with each secret, so that receivers change theirs when they like', () => {
    const secrets = [newSecret(), newSecret()]
    const headers = { ...createSigner(secrets.map((one) => new Secret(one))).headers('job_1', new Date(), body) }
    for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
  })

  it('agrees with the example of the specification', () => {
    const signer = createSigner([new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')])
    expect(signer.headers('msg_p5jXN8AQM9LWM0D4loKWxJek', new Date(1614265330 * 1000), '{"test": 2432232314}')).toEqual(
      {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    )
  })

  it('says the id and the time without a secret too', () => {
    expect(createSigner([]).headers('job_1', new Date(5000), body)).toEqual({
      'webhook-id': 'job_1',
      'webhook-timestamp': '5',
    })
  })

  it.each([
    ['without its prefix', randomBytes(32).toString('base64')],
    ['too short', `whsec_${randomBytes(23).toString('base64')}`],
    ['too long', `whsec_${randomBytes(65).toString('base64')}`],
    ['not base64', 'whsec_this is not base64 at all, is it?'],
    ['empty', ''],
  ])('refuses a secret that is %s, without showing it', (_name, secret) => {
    expect(() => createSigner([new Secret(secret)])).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    if (secret === '') return
    expect(() => createSigner([new Secret(secret)])).not.toThrow(expect.objectContaining({ message: secret }))
  })
})
