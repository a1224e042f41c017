import { describe, expect, it } from 'vitest'
import { Turns } from '../../src/index.js'

const { signal } = new AbortController()
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('turns', () => {
  it('come in the order of the asking, so many at once', async () => {
    const turns = new Turns(2)
    const came: string[] = []
    const ends = ['a', 'b', 'c', 'd'].map(async (name) => {
      const end = await turns.take(signal)
      came.push(name)
      return end
    })
    await turn()
    expect([came, turns.waiting]).toEqual([['a', 'b'], 2])
    const endOfB = await ends[1]!
    endOfB()
    endOfB()
    await turn()
    expect([came, turns.waiting]).toEqual([['a', 'b', 'c'], 1])
  })

  it('are not waited for any more after an abort', async () => {
    const turns = new Turns(1)
    const end = await turns.take(signal)
    const leaving = new AbortController()
    const left = turns.take(leaving.signal)
    leaving.abort(new Error('no longer wanted'))
    await expect(left).rejects.toThrow('no longer wanted')
    expect(turns.waiting).toBe(0)
    end()
    await expect(turns.take(leaving.signal)).rejects.toThrow('no longer wanted')
    ;(await turns.take(signal))()
  })
})
