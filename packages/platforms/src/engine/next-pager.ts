import type { Pager, Platform } from '../platform.js'

/** The end of the text that a pager's line is looked for in. */
const longestPagerLine = 256

/** The pager that the output waits at, if it does. `tail` as for prompts. Bounded in time. */
export function nextPager(platform: Platform, tail: string): Pager | undefined {
  if (tail.length === 0 || tail.charCodeAt(tail.length - 1) === 10) return undefined
  const near = tail.slice(-longestPagerLine)
  const line = near.slice(near.lastIndexOf('\n') + 1)
  for (const pager of platform.pagers) if (pager.pattern.test(line)) return pager
  return undefined
}
