import { FakeClock } from '@netpulse/core/testing'
import type { TransferProgress } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { TransferNews } from '../../src/run/transfer-news.js'

describe('news of a transfer', () => {
  it('come after a moment, then twice a second at most, each with what is true then', async () => {
    const clock = new FakeClock()
    const told: TransferProgress[] = []
    const news = new TransferNews(clock, (progress) => told.push(progress))
    for (let tenths = 0; tenths < 15; tenths++) {
      news.add({ transferredBytes: tenths, totalBytes: 15 })
      await clock.advance(100)
    }
    expect(told.map(({ transferredBytes }) => transferredBytes)).toEqual([3, 8, 13])
  })
})
