import type { LineKind } from '../cli/cli-session.js'

/** A config line that the device accepted. */
export interface AppliedLine {
  /** As it was typed, without surrounding blanks. */
  readonly line: string
  /** Mode that it was typed in: `config`, `config-if`, ... after the line took effect. */
  readonly mode: string
  /** Number of the connection, from 1. */
  readonly session: number
  readonly user: string
  readonly target: 'running' | 'candidate'
}

/** A line typed at a prompt. */
export interface SeenLine {
  readonly line: string
  readonly kind: LineKind
  /** Mode that it was typed in. */
  readonly mode: string
  readonly session: number
  readonly user: string
}

const recentLimit = 1000

/** What happened to one device: the evidence of tests. Counts are exact; only `recentLines` is cut at 1,000. */
export class DeviceStatistics {
  /** TCP connections accepted. */
  connections = 0
  openConnections = 0
  maxOpenConnections = 0
  /** Connections closed at once because of `maxSessions`. */
  refusedConnections = 0
  logins = 0
  authFailures = 0
  /** Lines typed at a prompt, empty ones not counted. */
  lines = 0
  /** Lines that the device refused. */
  refusals = 0
  commits = 0
  commitsConfirmed = 0
  /** Commits undone because no confirmation came. */
  rollbacks = 0
  discards = 0
  saves = 0
  /** Every config line that the device accepted, in order. Grows without limit: `reset()` in long runs. */
  readonly configLines: AppliedLine[] = []
  /** How often each line was typed at a prompt. */
  readonly lineCounts = new Map<string, number>()
  /** The last lines typed at a prompt. */
  readonly recentLines: SeenLine[] = []

  /** How often the device accepted this config line. */
  appliedCount(line: string): number {
    return this.configLines.reduce((count, applied) => count + (applied.line === line ? 1 : 0), 0)
  }

  /** Accepted config lines with the number of times, in order of their first time. */
  configLineCounts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { line } of this.configLines) counts.set(line, (counts.get(line) ?? 0) + 1)
    return counts
  }

  sawLine(seen: SeenLine): void {
    this.lines++
    this.lineCounts.set(seen.line, (this.lineCounts.get(seen.line) ?? 0) + 1)
    this.recentLines.push(seen)
    // Cut in steps: a shift per line would cost more than the command itself.
    if (this.recentLines.length >= 2 * recentLimit) this.recentLines.splice(0, recentLimit)
  }

  opened(): void {
    this.connections++
    this.openConnections++
    this.maxOpenConnections = Math.max(this.maxOpenConnections, this.openConnections)
  }

  closed(): void {
    this.openConnections--
  }

  /** Starts all counts anew, except the connections that are open. */
  reset(): void {
    Object.assign(this, {
      connections: 0,
      maxOpenConnections: this.openConnections,
      refusedConnections: 0,
      logins: 0,
      authFailures: 0,
      lines: 0,
      refusals: 0,
      commits: 0,
      commitsConfirmed: 0,
      rollbacks: 0,
      discards: 0,
      saves: 0,
    })
    this.configLines.length = 0
    this.recentLines.length = 0
    this.lineCounts.clear()
  }
}
