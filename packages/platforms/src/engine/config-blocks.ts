import { platformError } from '../errors.js'
import type { ConfigBlockRule, ConfigDialect } from '../platform.js'

/** Lines that a device takes as one answer. */
export interface LineBlock {
  /** Index of its first line in the list given. */
  readonly firstLine: number
  readonly lines: readonly string[]
}

/** Longest part of a line that a block rule looks at. */
const longestLine = 512

type EndTest = (line: string) => boolean

/** How the block ends that this line begins; `undefined` when it begins none or holds the whole of it. */
function endOf(line: string, rules: readonly ConfigBlockRule[]): EndTest | undefined {
  const shown = line.slice(0, longestLine)
  for (const { start, end } of rules) {
    const match = start.exec(shown)
    if (match === null) continue
    if (end.type === 'pattern') return (next) => end.pattern.test(next.slice(-longestLine))
    const delimiter = match[1]
    if (delimiter === undefined || delimiter === '') continue
    const rest = line.slice(match.index + match[0].length)
    return rest.includes(delimiter) ? undefined : (next) => next.includes(delimiter)
  }
  return undefined
}

/**
 * Splits configuration lines into what is sent and answered as one: single lines mostly; a banner or a certificate with
 * all its lines, because the device shows no prompt in between.
 * @throws CONFIG_BLOCK_OPEN when the lines end inside a block: the device would wait for the rest
 */
export function configBlocks(dialect: ConfigDialect, lines: readonly string[]): readonly LineBlock[] {
  const blocks: LineBlock[] = []
  for (let first = 0; first < lines.length;) {
    const ends = endOf(lines[first]!, dialect.blocks)
    const last = ends === undefined ? first : lines.findIndex((line, index) => index > first && ends(line))
    if (last === -1) {
      throw platformError('CONFIG_BLOCK_OPEN', `line ${first + 1} begins a block that has no end`, {
        details: { line: first },
      })
    }
    blocks.push({ firstLine: first, lines: lines.slice(first, last + 1) })
    first = last + 1
  }
  return blocks
}
