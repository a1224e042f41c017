import type { Reporter } from '../output/reporter.js'
import { wholeNumber } from '../global-options.js'

/** Longest page that the server gives. */
export const largestPage = 1000

/** Flags, words, range and default of `--limit`. */
export const limitOption = ['--limit <count>', 'how many', wholeNumber(1, 1_000_000), 20] as const

/** The first of a list. Programs that read line by line are told each as soon as it is there. */
export async function firstOf<Item>(items: AsyncIterable<Item>, limit: number, report: Reporter): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) {
    found.push(item)
    report.line(item)
    if (found.length === limit) break
  }
  return found
}
