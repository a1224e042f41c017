import type { CommandDialect } from '@netpulse/driver-sdk'
import type { Platform } from '@netpulse/platforms'
import { classifyCommand, statementsOf, wordsOf } from '@netpulse/platforms'

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
function staysInCandidate(platform: Platform, line: string): boolean {
  const statements = statementsOf(platform.policy, line)
  const first = statements[0]?.[0]
  if (first === undefined) return true
  return statements.length === 1 && !endingWords(platform).some((word) => word.startsWith(first))
}

/** How devices of a platform read a line, by its data. */
export const cliDialect = (platform: Platform): CommandDialect => ({
  denied: platform.policy.denied,
  statements: (line) => statementsOf(platform.policy, line),
  reads: (command) => classifyCommand(platform, command) === 'query',
  staysInCandidate: (line) => staysInCandidate(platform, line),
})
