import { describe, expect, it } from 'vitest'
import { RunnerBench } from '../support/runner-bench.js'

const limited = (perCommand: number, perJob: number) => new RunnerBench({ outputLimits: { perCommand, perJob } })

describe('a device that prints too much', () => {
  it('is interrupted when it never stops: the job fails, with what came before and a cut result', async () => {
    const bench = limited(1000, 10_000)
    bench.network.device('r1').on('show b', { do: 'hang', prints: 'line of text\n' })
    const { status, outcome, result } = await bench.run({ command: ['show a', 'show b', 'show c'] })
    expect([status, outcome, result.error?.code]).toEqual(['failed', 'failed', 'OUTPUT_TOO_LARGE'])
    expect(result.results.map(({ command }) => command)).toEqual(['show a', 'show b'])
    const [whole, cut] = result.results
    expect(whole?.metadata).not.toHaveProperty('truncated')
    expect(cut?.metadata).toMatchObject({ truncated: true })
    expect(cut?.stdout).toMatch(/^(line of text\n){70,80}\[cut: The device printed more than .* 1000 bytes\.\]$/)
    expect(cut?.exitStatus).toBe(1)
    expect(bench.network.openSessions).toBe(0)
    expect(bench.network.device('r1').inputs).not.toContain('admin:show c')
  })

  it.each([
    { name: 'kept whole at the limit', size: 1000, truncated: false },
    { name: 'cut above it', size: 1100, truncated: true },
  ])('is $name when it comes to an end', async ({ size, truncated }) => {
    const bench = limited(1001, 10_000)
    bench.network.device('r1').on('show a', { do: 'say', text: `${'x'.repeat(99)}\n`.repeat(size / 100) })
    const { status, result } = await bench.run({ command: 'show a' })
    expect(status).toBe(truncated ? 'failed' : 'finished')
    const { stdout, metadata } = result.results[0]!
    expect(metadata['truncated']).toBe(truncated ? true : undefined)
    expect(stdout.includes('[cut:')).toBe(truncated)
    expect(stdout.length).toBeLessThan(1100)
  })

  it('gets no further command when its answers are too much together', async () => {
    const bench = limited(1000, 1500)
    const text = 'some line\n'.repeat(60)
    bench.network
      .device('r1')
      .on('show a', { do: 'say', text })
      .on('show b', { do: 'say', text })
      .on('show c', { do: 'say', text })
    const { status, result } = await bench.run({ command: ['show a', 'show b', 'show c', 'show d'] })
    expect([status, result.error?.code]).toEqual(['failed', 'OUTPUT_TOO_LARGE'])
    expect(result.results.map(({ command }) => command)).toEqual(['show a', 'show b', 'show c'])
    expect(bench.network.device('r1').inputs).not.toContain('admin:show d')
  })

  it('leaves the outcome of a command that may change it unknown', async () => {
    const bench = limited(1000, 10_000)
    bench.network.device('r1').on('do something', { do: 'hang', prints: 'line of text\n' })
    const { status, outcome, result } = await bench.run({ command: 'do something' })
    expect([status, outcome, result.error?.code]).toEqual(['failed', 'unknown', 'OUTPUT_TOO_LARGE'])
  })

  it('shows no half of a secret at the cut', async () => {
    const bench = limited(1000, 10_000)
    bench.network.device('r1').on('show a', { do: 'hang', prints: 'user pa55word\nx' })
    const { result } = await bench.run({ command: 'show a' })
    expect(result.results[0]?.stdout).not.toMatch(/pa5|pa55/)
  })
})
