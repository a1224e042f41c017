import type { JsonObject, JsonValue } from '@netpulse/core'
import { coreError, isNetPulseError } from '@netpulse/core'
import { compilePattern } from '@netpulse/platforms'
import type { ChannelAnswer, TextPattern } from '@netpulse/session'

/** `driver_args` of commands, patterns compiled. */
export interface CommandOptions {
  /** 0: no limit of its own. */
  readonly timeoutMs: number
  readonly expected?: TextPattern
  readonly answers: readonly ChannelAnswer[]
  readonly stripPrompt: boolean
  readonly stripCommand: boolean
  readonly normalize: boolean
  readonly verifyEcho: boolean
}

/** `driver_args` of config lines, patterns compiled. */
export interface ConfigOptions {
  readonly timeoutMs: number
  readonly commitTimeoutMs: number
  readonly refusal?: TextPattern
  readonly answers: readonly ChannelAnswer[]
  readonly modeCommand?: string
  /** Absent: as is safest on the platform. */
  readonly exclusive?: boolean
  readonly stripPrompt: boolean
  readonly stripCommand: boolean
  readonly verifyEcho: boolean
}

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const milliseconds = (value: JsonValue | undefined, byDefault: number): number =>
  (typeof value === 'number' ? value : byDefault) * 1000

/** A pattern of the request; run on the end of a text only, so long as its time is bounded. */
function patternOf(source: string, option: string): TextPattern {
  try {
    const { regexp, longestText } = compilePattern(source)
    return { test: (text) => regexp.test(text.slice(-longestText)) }
  } catch (error) {
    if (!isNetPulseError(error)) throw error
    throw coreError('INVALID_INPUT', `driver_args.${option}: ${error.message}`, { cause: error })
  }
}

function answersOf(value: JsonValue | undefined): readonly ChannelAnswer[] {
  if (typeof value !== 'object' || value === null) return []
  const pairs = Array.isArray(value)
    ? (value as readonly { question: string; answer: string }[]).map(({ question, answer }) => [question, answer])
    : Object.entries(value as Readonly<Record<string, string>>)
  return pairs.map(([question, answer]) => ({ question: patternOf(question!, 'answers'), answer: answer! }))
}

/** @throws INVALID_INPUT for a pattern that is none, or could run for long */
export function commandOptionsOf(options: JsonObject): CommandOptions {
  const expected = textOf(options['expect_string'])
  return {
    timeoutMs: milliseconds(options['read_timeout'], 30),
    answers: answersOf(options['answers']),
    stripPrompt: options['strip_prompt'] !== false,
    stripCommand: options['strip_command'] !== false,
    normalize: options['normalize'] !== false,
    verifyEcho: options['cmd_verify'] !== false,
    ...(expected === undefined ? {} : { expected: patternOf(expected, 'expect_string') }),
  }
}

/** @throws INVALID_INPUT for a pattern that is none, or could run for long */
export function configOptionsOf(options: JsonObject): ConfigOptions {
  const refusal = textOf(options['error_pattern'])
  const { exclusive } = options
  const modeCommand = textOf(options['config_mode_command'])
  return {
    timeoutMs: milliseconds(options['read_timeout'], 10),
    commitTimeoutMs: milliseconds(options['commit_timeout'], 120),
    answers: answersOf(options['answers']),
    ...(typeof exclusive === 'boolean' ? { exclusive } : {}),
    stripPrompt: options['strip_prompt'] !== false,
    stripCommand: options['strip_command'] !== false,
    verifyEcho: options['cmd_verify'] !== false,
    ...(refusal === undefined ? {} : { refusal: patternOf(refusal, 'error_pattern') }),
    ...(modeCommand === undefined ? {} : { modeCommand }),
  }
}
