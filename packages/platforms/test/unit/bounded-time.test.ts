import { describe, expect, it } from 'vitest'
import type { Platform } from '../../src/index.js'
import { loadPlatforms, nextPager } from '../../src/index.js'

const catalog = loadPlatforms()
const platforms = catalog.list().map(({ name }) => catalog.get(name))

/** Pieces of prompts and pagers, so that the patterns get far before they fail. */
const units = [
  'a',
  ' ',
  '-',
  '@',
  '0',
  '#',
  '(config',
  '[a',
  'a@',
  ':a~',
  '{a}\n',
  'a\n ',
  '-- more ',
  'admin@mx1',
  'press any key',
]
const hostile = (unit: string, length: number, end: string): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length - end.length) + end

function runAll(text: string): void {
  for (const platform of platforms) runOne(platform, text)
}

function runOne(platform: Platform, text: string): void {
  platform.prompt.matches(text)
  for (const mode of platform.modes.values()) mode.prompt.start?.(text)
  nextPager(platform, text)
}

/** The shortest of some runs: what the work takes when nothing else has the processor. */
function timeOf(text: string): number {
  let shortest = Infinity
  for (let run = 0; run < 8; run++) {
    const started = performance.now()
    runAll(text)
    shortest = Math.min(shortest, performance.now() - started)
  }
  return shortest
}

describe('every shipped prompt and pager', () => {
  const size = 64 * 1024
  const output = 'GigabitEthernet0/1 is up, line protocol is up\n'
  const harmless = `${output.repeat(Math.ceil(size / output.length)).slice(0, size - 4)}end.`
  const endings = ['!', '#', ' ', '> !']

  it('takes no more than fifty times as long on 64 KiB of hostile text as on harmless text', () => {
    timeOf(harmless)
    const limit = 50 * timeOf(harmless)
    for (const unit of units) {
      for (const end of endings) {
        expect(timeOf(hostile(unit, size, end)), JSON.stringify(unit + end)).toBeLessThan(limit)
      }
    }
  })

  it('looks at the end of the text only, so that its length costs nothing', () => {
    for (const unit of units) {
      const short = timeOf(hostile(unit, 1024, '!'))
      // A search of the whole text takes some fifty times as long; the rest is for a busy machine.
      expect(timeOf(hostile(unit, size, '!')) / short, JSON.stringify(unit)).toBeLessThan(15)
    }
  })

  it.each(platforms.map((platform) => ({ name: platform.name, platform })))(
    'answers the same for $name whatever comes before the line',
    ({ platform }) => {
      const before = hostile('a@:~# ', size, '\n')
      for (const line of ['r1#', 'r1>', 'admin@r1# ', 'r1(config)#', '-- More -- ', '--More--', 'no prompt at all']) {
        expect(nextPager(platform, before + line)).toBe(nextPager(platform, line))
        expect(platform.prompt.matches(before + line), line).toBe(platform.prompt.matches(`x\nx\nx\n${line}`))
      }
    },
  )
})
