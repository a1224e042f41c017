import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Command } from 'commander'
import type { CommandSet } from '../context.js'
import { cliError } from '../errors.js'
import type { ExitCode } from '../exit-codes.js'
import { serverPackage } from '../server-package.js'

/** Signals that end the server in order; a second one ends it at once. */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function upCommand({ program, parts, outcome }: CommandSet): Command {
  return program
    .command('up')
    .summary('start a server on this machine, with its workers in it')
    .description(
      'Starts netpulse-server --embedded and passes further flags to it: --port 9100, --demo 3, --store FOLDER, --config FILE. `netpulse-server --help` shows all.',
    )
    .argument('[flags...]')
    .allowUnknownOption()
    .helpOption('-h, --help', 'this text')
    .action(async () => {
      // As typed: commander knows nothing of the server's flags.
      const flags = parts.args.slice(parts.args.indexOf('up') + 1)
      outcome.exitCode = await up(flags, parts.env)
    })
}

async function up(flags: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<ExitCode> {
  if (flags.some((flag) => flag.startsWith('--redis')))
    throw cliError(
      'COMMAND_LINE_INVALID',
      'netpulse up keeps everything in one process. With Redis: netpulse-server --redis URL.',
    )
  const child = spawn(process.execPath, [serverPackage().main, '--embedded', ...flags], { stdio: 'inherit', env })
  const listeners = passedOn.map((signal) => [signal, () => void child.kill(signal)] as const)
  for (const [signal, listener] of listeners) process.on(signal, listener)
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  for (const [name, listener] of listeners) process.off(name, listener)
  return (code ?? 128 + constants.signals[signal!]) as ExitCode
}
