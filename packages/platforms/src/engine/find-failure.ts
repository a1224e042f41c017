import type { FailureIndicator, Platform } from '../platform.js'

/** A device's refusal. */
export interface PlatformFailure {
  readonly kind: string
  /** The device's words: the line that the indicator matched. */
  readonly message: string
}

/** A refusal is short, or is the first or the last thing that is said about a long one (a failed commit). */
const edgeLines = 10
/** Longer lines are cut: no device refuses in more. */
const longestLine = 512

/** The first lines and the last ones, blank ones left out; all lines of an answer that is not longer than both. */
function edgesOf(output: string): { readonly lines: readonly string[]; readonly total: number } {
  const head: string[] = []
  let offset = 0
  while (offset < output.length && head.length < 2 * edgeLines) {
    const end = lineEnd(output, offset)
    addLine(head, output, offset, end)
    offset = end + 1
  }
  if (offset >= output.length) return { lines: head, total: head.length }
  const tail: string[] = []
  let end = output.length
  while (end > offset && tail.length < edgeLines) {
    const start = output.lastIndexOf('\n', end - 1) + 1
    addLine(tail, output, Math.max(start, offset), end)
    end = start - 1
  }
  return { lines: [...head.slice(0, edgeLines), ...tail.reverse()], total: Infinity }
}

function lineEnd(output: string, offset: number): number {
  const end = output.indexOf('\n', offset)
  return end === -1 ? output.length : end
}

function addLine(lines: string[], output: string, start: number, end: number): void {
  const line = output.slice(start, Math.min(end, start + longestLine))
  if (line.trim() !== '') lines.push(line)
}

function failureIn(line: string, total: number, indicators: readonly FailureIndicator[]): PlatformFailure | undefined {
  for (const { kind, pattern, longestAnswerLines = Infinity } of indicators) {
    if (total <= longestAnswerLines && pattern.test(line)) return { kind, message: line.trim() }
  }
  return undefined
}

/**
 * Whether the device refused, by its answer without echo and prompt. Only the first and the last ten lines that are not
 * blank count, so that a log which quotes a refusal does not make one, and megabytes of output cost nothing.
 */
export function findFailure(platform: Platform, output: string): PlatformFailure | null {
  if (platform.failureIndicators.length === 0) return null
  const { lines, total } = edgesOf(output)
  for (const line of lines) {
    const failure = failureIn(line, total, platform.failureIndicators)
    if (failure !== undefined) return failure
  }
  return null
}
