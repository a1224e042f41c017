import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { LinkSigner } from '../../src/link-signer.js'

const key = (id: string, byte: number) => ({ id, key: new Uint8Array(32).fill(byte) })
const until = (clock: FakeClock, seconds: number) => new Date(clock.now().getTime() + seconds * 1000)

describe('links', () => {
  it('of one process are proved by another with the same keyring, also after the key was changed', () => {
    const clock = new FakeClock()
    const old = new LinkSigner({ keys: [key('a', 1)], current: 'a' }, clock)
    const renewed = new LinkSigner({ keys: [key('a', 1), key('b', 2)], current: 'b' }, clock)
    renewed.assertValid('f', old.sign('f', until(clock, 60)))
    expect(renewed.sign('f', until(clock, 60)).signature).toMatch(/^b\./)
  })

  it('of another deployment are not valid', () => {
    const clock = new FakeClock()
    const [one, other] = [1, 2].map((byte) => new LinkSigner({ keys: [key('a', byte)], current: 'a' }, clock))
    const link = other!.sign('f', until(clock, 60))
    expect(() => one!.assertValid('f', link)).toThrow(expect.objectContaining({ code: 'LINK_INVALID' }))
  })

  it('say nothing that moves from the file to the time or back', () => {
    const clock = new FakeClock()
    const signer = new LinkSigner({ keys: [key('a', 1)], current: 'a' }, clock)
    const { expires, signature } = signer.sign('1\nf', until(clock, 60))
    const moved = () => signer.assertValid('f', { expires: Number(`${expires}1`), signature })
    expect(moved).toThrow(expect.objectContaining({ code: 'LINK_INVALID' }))
  })
})
