import { readFile } from 'node:fs/promises'
import type { ParsedFlags, ProcessParts } from '@netpulse/config'
import { configError, isShared, loadConfig, runProgram } from '@netpulse/config'
import { parseCommandLine } from './command-line.js'
import { usage } from './usage.js'

/**
 * The program `netpulse-server`. Answers with the exit code: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong.
 */
export const run = (parts: ProcessParts): Promise<number> =>
  runProgram('netpulse-server', () => dispatch(parseCommandLine(parts.args), parts), parts)

async function dispatch(flags: ParsedFlags, parts: ProcessParts): Promise<number> {
  const { words } = flags
  if (flags.has('help')) return print(parts, usage)
  if (flags.has('version')) return print(parts, `${await ownVersion()}\n`)
  const file = flags.text('config')
  const config = await loadConfig({
    flags: flags.settings,
    env: parts.env,
    ...(file === undefined ? {} : { file }),
  })
  if (words[0] === 'keys') {
    const { keysCommand } = await import('./keys-command.js')
    return print(parts, await keysCommand(flags, config))
  }
  if (words.length > 0) throw configError('USAGE', `Unknown command ${words.join(' ')}.`)
  if (flags.has('embedded') && isShared(config))
    throw configError('USAGE', '--embedded keeps jobs and workers in this process; redis shares them. Choose one.')
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
