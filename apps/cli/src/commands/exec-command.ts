import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { cliError } from '../errors.js'
import { readText } from '../files.js'
import { collect, hidden } from '../global-options.js'
import type { ChangeOptions } from './change-options.js'
import { addHiddenChangeOptions, changeFields } from './change-options.js'
import { addDeviceOptions } from './device-options.js'
import { linesOf } from './lines.js'
import { runWork } from './run-work.js'
import type { WorkOptions } from './work-options.js'
import { addWorkOptions } from './work-options.js'

interface ExecOptions extends WorkOptions, ChangeOptions {
  readonly command?: readonly string[]
  readonly cmd?: readonly string[]
  readonly commandFile?: string
  readonly detach?: boolean
  readonly config?: readonly string[]
  readonly cfg?: readonly string[]
}

export function execCommand(set: CommandSet): Command {
  const command = set.program
    .command('exec')
    .summary('run commands on a device, or on those of a file')
    .description(
      'Runs commands and prints what the device answers. TARGET is [user@]host[:port], or a file of devices.',
    )
    .argument('<target>')
    .argument('[commands...]', 'commands, each in quotes')
    .option('-c, --command <text>', 'a command; again for more', collect)
    .option('--detach', 'leave them running, as one task; see netpulse tasks')
    .option('--command-file <file>', 'commands, one per line; - for stdin')
    .addOption(hidden('--cmd <text>').argParser(collect))
    .addOption(hidden('--config <text>').argParser(collect))
    .addOption(hidden('--cfg <text>').argParser(collect))
  addWorkOptions(addDeviceOptions(addHiddenChangeOptions(command)))
  return doing<ExecOptions>(command, set, exec)
}

/** The reference's `exec FILE --config TEXT` is a change, too. */
async function exec(context: Context<ExecOptions>, [target = '', ...words]: readonly string[]) {
  const { options } = context
  const fromFile = options.commandFile === undefined ? [] : linesOf(await readText(context.parts, options.commandFile))
  const command = [...words, ...(options.command ?? []), ...(options.cmd ?? []), ...fromFile]
  const config = [...(options.config ?? []), ...(options.cfg ?? [])]
  if (command.length > 0 === config.length > 0)
    throw cliError(
      'COMMAND_LINE_INVALID',
      'exec needs commands: netpulse exec TARGET "show version". For changes: netpulse config.',
    )
  const detach = options.detach === undefined ? {} : { detach: options.detach }
  if (command.length > 0) return runWork(context, target, { command, ...detach })
  return runWork(context, target, { config, ...changeFields(options) })
}
