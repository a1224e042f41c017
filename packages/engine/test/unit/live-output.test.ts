import { createRedactor } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { LiveOutput } from '../../src/run/live-output.js'

function bench() {
  const clock = new FakeClock()
  const told: string[] = []
  const output = new LiveOutput(createRedactor(['hunter2']), clock, (text) => told.push(text))
  return { clock, told, output }
}

describe('the output of a running job', () => {
  it('is not told of a job that ends at once', async () => {
    const { clock, told, output } = bench()
    output.add('Cisco IOS\n')
    await clock.advance(299)
    output.end()
    await clock.advance(1_000)
    expect(told).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })

  it('is told in whole lines, some at a time, and to the end', async () => {
    const { clock, told, output } = bench()
    output.add('one\ntw')
    await clock.advance(300)
    output.add('o\nthree\n')
    await clock.advance(249)
    output.add('fo')
    await clock.advance(1)
    output.add('ur')
    output.end()
    expect(told).toEqual(['one\n', 'two\nthree\n', 'four'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not wait when there is much of it', () => {
    const { told, output } = bench()
    const line = `${'x'.repeat(1023)}\n`
    for (let index = 0; index < 100; index++) output.add(line)
    expect(told.join('')).toBe(line.repeat(65))
  })

  it('never shows a secret, also when it comes in two parts', async () => {
    const { clock, told, output } = bench()
    output.add('password hun')
    await clock.advance(300)
    output.add('ter2\n')
    output.end()
    expect(told.join('')).toBe('password [redacted]\n')
  })
})
