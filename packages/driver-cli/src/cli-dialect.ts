import type { CommandDialect } from '@netpulse/driver-sdk'
import type { Platform } from '@netpulse/platforms'
import { classifyCommand, statementReader, wordsOf } from '@netpulse/platforms'

/** First words of what ends a candidate's life as one: what commits, discards, confirms, and what leaves the mode. */
function endingWords({ config, modes }: Platform): readonly string[] {
  if (config === undefined) return []
  const { candidate, mode, exclusiveMode } = config
  const commands = candidate === undefined ? [] : [...candidate.commit, ...candidate.discard, candidate.confirm ?? '']
  const ways = [mode, exclusiveMode ?? mode].flatMap((name) => [...(modes.get(name)?.moves.values() ?? [])]).flat()
  const inputs = ways.flatMap((step) => ('input' in step ? [step.input] : []))
  return [...commands, ...inputs].flatMap((command) => wordsOf(command).slice(0, 1))
}

/** A line stays in the candidate when it is one statement, and its first word is not a short form of an ending one. */
function staysInCandidate(statements: readonly (readonly string[])[], ending: readonly string[]): boolean {
  const first = statements[0]?.[0]
  if (first === undefined) return true
  return statements.length === 1 && !ending.some((word) => word.startsWith(first))
}

/** How devices of a platform read a line, by its data. */
export function cliDialect(platform: Platform): CommandDialect {
  const statements = statementReader(platform.policy)
  const ending = endingWords(platform)
  return {
    denied: platform.policy.denied,
    statements,
    reads: (command) => classifyCommand(platform, command) === 'query',
    staysInCandidate: (line) => staysInCandidate(statements(line), ending),
  }
}
