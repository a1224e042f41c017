import { oneLine } from './plain-text.js'

/** What is said of one thing: a word, and its value. */
export type Fact = readonly [name: string, value: string | number | null | undefined]

/** One line per fact; those without a value are left out. */
export function factsText(facts: readonly Fact[]): string {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '')
  const width = Math.max(...known.map(([name]) => name.length)) + 2
  return known.map(([name, value]) => `${name.padEnd(width)}${oneLine(String(value))}\n`).join('')
}
