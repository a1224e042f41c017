import { readFile } from 'node:fs/promises'
import { isNetPulseError } from '@netpulse/core'
import { loadConfig } from '../config/load-config.js'
import { serverError } from '../errors.js'
import type { CommandLine } from './command-line.js'
import { parseCommandLine } from './command-line.js'
import { usage } from './usage.js'

/** What a process has that the program needs. */
export interface ProcessParts {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** Codes of mistakes that are the caller's, and in the words of the command line. */
const usageErrors = ['USAGE', 'CONFIG_UNREADABLE', 'CONFIG_INVALID', 'API_KEY_WEAK']

/**
 * The program `netpulse-server`. Answers with the exit code: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong.
 */
export async function run(parts: ProcessParts): Promise<number> {
  try {
    return await dispatch(parseCommandLine(parts.args), parts)
  } catch (error) {
    if (!isNetPulseError(error)) throw error
    parts.stderr.write(`netpulse-server: ${error.message}\n`)
    if (error.code === 'USAGE') parts.stderr.write('netpulse-server --help shows what there is.\n')
    return usageErrors.includes(error.code) ? 2 : 1
  }
}

async function dispatch(commandLine: CommandLine, parts: ProcessParts): Promise<number> {
  const { words, help, version } = commandLine
  if (help) return print(parts, usage)
  if (version) return print(parts, `${await ownVersion()}\n`)
  const config = await loadConfig({
    flags: commandLine.settings,
    env: parts.env,
    ...(commandLine.config === undefined ? {} : { file: commandLine.config }),
  })
  if (words[0] === 'keys') {
    const { keysCommand } = await import('./keys-command.js')
    return print(parts, await keysCommand(commandLine, config.store))
  }
  if (words.length > 0) throw serverError('USAGE', `Unknown command ${words.join(' ')}.`)
  const { serve } = await import('./serve.js')
  return serve(config, parts)
}

function print({ stdout }: ProcessParts, text: string): number {
  stdout.write(text)
  return 0
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
