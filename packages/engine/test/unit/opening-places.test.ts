import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { OpeningPlaces } from '../../src/sessions/opening-places.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const { signal } = new AbortController()

/** Asks for a place and notes when it came. */
function ask(places: OpeningPlaces, name: string, came: string[]): Promise<() => void> {
  return places.take(signal).then((giveBack) => {
    came.push(name)
    return giveBack
  })
}

describe('openings of sessions', () => {
  it('beyond the places wait, and get one in the order of their coming', async () => {
    const places = new OpeningPlaces(new FakeClock(), 2)
    const came: string[] = []
    const asked = ['a', 'b', 'c', 'd'].map((name) => ask(places, name, came))
    await turn()
    expect(came).toEqual(['a', 'b'])
    ;(await asked[1]!)()
    await turn()
    expect(came).toEqual(['a', 'b', 'c'])
    ;(await asked[0]!)()
    await turn()
    expect(came).toEqual(['a', 'b', 'c', 'd'])
  })

  it('hold a place for a second at most, so that silent devices do not hold up the others', async () => {
    const clock = new FakeClock()
    const places = new OpeningPlaces(clock, 1)
    const came: string[] = []
    const silent = ask(places, 'silent', came)
    void ask(places, 'next', came)
    await turn()
    await clock.advance(999)
    expect(came).toEqual(['silent'])
    await clock.advance(1)
    await turn()
    expect(came).toEqual(['silent', 'next'])
    // Its place is with the next one: to give it back late makes no second one of it.
    ;(await silent)()
    void ask(places, 'third', came)
    await turn()
    expect(came).toEqual(['silent', 'next'])
    expect(places.waiting).toBe(1)
  })

  it('that are aborted while they wait leave the queue; the place goes to the one behind', async () => {
    const places = new OpeningPlaces(new FakeClock(), 1)
    const came: string[] = []
    const first = await ask(places, 'first', came)
    const controller = new AbortController()
    const aborted = places.take(controller.signal)
    void ask(places, 'third', came)
    controller.abort(new Error('no longer wanted'))
    await expect(aborted).rejects.toThrow('no longer wanted')
    first()
    await turn()
    expect(came).toEqual(['first', 'third'])
    await expect(places.take(controller.signal)).rejects.toThrow('no longer wanted')
  })
})
