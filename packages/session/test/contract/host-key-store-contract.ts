import { FakeClock } from '@netpulse/core/testing'
import type { Clock } from '@netpulse/core'
import type { HostKeyStore } from '@netpulse/driver-sdk'
import { describe, expect, it } from 'vitest'

const keyOf = (letter: string): { type: string; fingerprint: string } => ({
  type: 'ssh-ed25519',
  fingerprint: letter.repeat(43),
})

/** What every host key store does. `make` gives an empty one. */
export function hostKeyStoreContract(name: string, make: (clock: Clock) => Promise<HostKeyStore>): void {
  describe(`${name} as a host key store`, () => {
    it('finds nothing for an address that was never pinned', async () => {
      const store = await make(new FakeClock())
      expect(await store.find('r1:22')).toBeUndefined()
      expect(await store.list()).toEqual([])
    })

    it('pins a key with the time at which it was first seen', async () => {
      const store = await make(new FakeClock(new Date('2026-02-03T04:05:06Z')))
      const pinned = { address: 'r1:22', ...keyOf('a'), firstSeenAt: new Date('2026-02-03T04:05:06Z') }
      expect(await store.pin('r1:22', keyOf('a'))).toEqual(pinned)
      expect(await store.find('r1:22')).toEqual(pinned)
    })

    it('answers a second pin with the first key and keeps its time', async () => {
      const clock = new FakeClock()
      const store = await make(clock)
      const first = await store.pin('r1:22', keyOf('a'))
      await clock.advance(5000)
      expect(await store.pin('r1:22', keyOf('b'))).toEqual(first)
      expect(await store.find('r1:22')).toEqual(first)
    })

    it('lets exactly one of many concurrent pins win, the same one for all', async () => {
      const store = await make(new FakeClock())
      const letters = [...'abcdefghij']
      const answers = await Promise.all(letters.map((letter) => store.pin('r1:22', keyOf(letter))))
      expect(new Set(answers.map((pinned) => pinned.fingerprint)).size).toBe(1)
      expect(await store.find('r1:22')).toEqual(answers[0])
    })

    it('loses none of many concurrent pins of different addresses', async () => {
      const store = await make(new FakeClock())
      const addresses = Array.from({ length: 30 }, (_, index) => `r${index}:22`)
      await Promise.all(addresses.map((address) => store.pin(address, keyOf('a'))))
      expect((await store.list()).map((pinned) => pinned.address).sort()).toEqual(addresses.sort())
    })

    it('replaces a key, also one that was never pinned', async () => {
      const store = await make(new FakeClock())
      await store.pin('r1:22', keyOf('a'))
      expect((await store.replace('r1:22', keyOf('b'))).fingerprint).toBe('b'.repeat(43))
      expect((await store.find('r1:22'))?.fingerprint).toBe('b'.repeat(43))
      expect((await store.replace('r2:22', keyOf('c'))).fingerprint).toBe('c'.repeat(43))
      expect(await store.list()).toHaveLength(2)
    })

    it('forgets an address once and says whether there was one', async () => {
      const store = await make(new FakeClock())
      await store.pin('r1:22', keyOf('a'))
      expect(await store.remove('r1:22')).toBe(true)
      expect(await store.remove('r1:22')).toBe(false)
      expect(await store.find('r1:22')).toBeUndefined()
    })

    it('takes any text for an address, also the names of object members', async () => {
      const store = await make(new FakeClock())
      for (const address of ['[2001:db8::1]:22', '__proto__', 'constructor', 'site/r1 "x"\n']) {
        expect(await store.find(address)).toBeUndefined()
        await store.pin(address, keyOf('a'))
        expect((await store.find(address))?.address).toBe(address)
      }
    })

    it('keeps nothing but type and fingerprint of what it is given', async () => {
      const store = await make(new FakeClock())
      const more = { ...keyOf('a'), note: 'not a part of a host key' }
      expect(await store.pin('r1:22', more)).not.toHaveProperty('note')
    })
  })
}
