import { readFile } from 'node:fs/promises'
import { isNetPulseError } from '@netpulse/core'
import type { Config } from './config-schema.js'
import type { Flag, ParsedFlags } from './flags.js'
import { loadConfig } from './load-config.js'

/** What a process has that a program needs. */
export interface ProcessParts {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** Codes of mistakes that are the caller's, and in the words of the command line. */
const usageErrors = [
  ...['USAGE', 'CONFIG_UNREADABLE', 'CONFIG_INVALID', 'API_KEY_WEAK', 'KEYRING_INVALID', 'KEYRING_MISMATCH'],
  ...['INVALID_INPUT', 'REDIS_UNREACHABLE', 'REDIS_REFUSED', 'REDIS_TOO_OLD'],
]

/** Flags of every program. */
export const programFlags: Readonly<Record<string, Flag>> = {
  config: { type: 'string' },
  'log-level': { type: 'string', sets: 'log.level' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
}

/** What tells one program from another. */
export interface Program {
  readonly name: string
  /** What `--help` prints. */
  readonly usage: string
  /** The `package.json` with the program's version. */
  readonly packageFile: URL
  /** @throws USAGE */
  readonly parse: (args: readonly string[]) => ParsedFlags
  /** The work, after `--help`, `--version` and the configuration. Answers with the exit code. */
  readonly main: (flags: ParsedFlags, config: Config) => Promise<number>
}

/**
 * Runs a program and answers with its exit code: what `main` says, 1 when it failed, 2 when the command line or the
 * configuration is wrong. Failures that have a sentence are told in one line.
 */
export async function runProgram(program: Program, parts: ProcessParts): Promise<number> {
  const { name } = program
  try {
    return await dispatch(program, parts)
  } catch (error) {
    if (!isNetPulseError(error)) throw error
    parts.stderr.write(`${name}: ${error.message}\n`)
    if (error.code === 'USAGE') parts.stderr.write(`${name} --help shows what there is.\n`)
    return usageErrors.includes(error.code) ? 2 : 1
  }
}

async function dispatch({ usage, packageFile, parse, main }: Program, parts: ProcessParts): Promise<number> {
  const flags = parse(parts.args)
  if (flags.has('help')) return print(parts, usage)
  if (flags.has('version')) return print(parts, `${await versionOf(packageFile)}\n`)
  const file = flags.text('config')
  const sources = { flags: flags.settings, env: parts.env, ...(file === undefined ? {} : { file }) }
  return main(flags, await loadConfig(sources))
}

/** Prints what was asked for; exit code 0. */
export function print({ stdout }: ProcessParts, text: string): number {
  stdout.write(text)
  return 0
}

const versionOf = async (packageFile: URL): Promise<string> =>
  (JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }).version
