import type { NetPulseClient } from '@netpulse/client'
import type { Command } from 'commander'
import type { ExitCode } from './exit-codes.js'
import type { GlobalOptions } from './global-options.js'
import { Reporter } from './output/reporter.js'
import type { ProcessParts } from './process-parts.js'
import type { ServerSettings } from './settings/server-settings.js'
import { clientFor, serverSettings } from './settings/server-settings.js'

/** What a command works with. */
export interface Context<Options extends GlobalOptions = GlobalOptions> {
  readonly parts: ProcessParts
  readonly options: Options
  readonly report: Reporter
  /** The server that the command line, the environment or a profile names. */
  server(): Promise<ServerSettings>
  /** @throws API_KEY_MISSING and what `serverSettings` throws */
  client(): Promise<NetPulseClient>
}

/** Hands the exit code of a command to `run`. */
export interface Outcome {
  exitCode: ExitCode
}

function contextOf<Options extends GlobalOptions>(parts: ProcessParts, options: Options): Context<Options> {
  let settings: Promise<ServerSettings> | undefined
  const server = (): Promise<ServerSettings> => (settings ??= serverSettings(parts, options))
  return {
    parts,
    options,
    report: new Reporter(parts, options),
    server,
    client: async () => clientFor(await server()),
  }
}

/** Adds commands to the program. */
export interface CommandSet {
  readonly program: Command
  readonly parts: ProcessParts
  readonly outcome: Outcome
}

/** Does what a command is for, and answers with the exit code. */
export type Work<Options extends GlobalOptions> = (
  context: Context<Options>,
  words: readonly string[],
) => Promise<ExitCode>

/** Ties work to a command: its options with those of the program, its words as a list. */
export function doing<Options extends GlobalOptions>(
  command: Command,
  { parts, outcome }: CommandSet,
  work: Work<Options>,
): Command {
  return command.action(async () => {
    const context = contextOf(parts, command.optsWithGlobals<Options>())
    outcome.exitCode = await work(
      context,
      command.processedArgs.flat().filter((word) => word !== undefined) as string[],
    )
  })
}
