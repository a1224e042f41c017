import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { isDeviceFile } from '../devices/target.js'
import { cliError } from '../errors.js'
import { readText } from '../files.js'
import { collect, hidden } from '../global-options.js'
import { addDeviceOptions } from './device-options.js'
import { linesOf } from './lines.js'
import { runWork } from './run-work.js'
import type { WorkOptions } from './work-options.js'
import { addWorkOptions } from './work-options.js'

interface BulkOptions extends WorkOptions {
  readonly command?: readonly string[]
  readonly configFile?: string
  readonly save?: boolean
  readonly dryRun?: boolean
}

export function bulkCommand(set: CommandSet): Command {
  const command = addWorkOptions(
    addDeviceOptions(
      set.program
        .command('bulk')
        .summary('run commands or apply configuration on all devices of a file')
        .description(
          'One job per device of FILE (.csv, .yaml, .json). A device may have a command or config of its own there.',
        )
        .argument('<file>')
        .option('-c, --command <text>', 'a command; again for more', collect)
        .option('--config-file <file>', 'config lines; - for stdin')
        .option('--save', 'save the running configuration afterwards')
        .option('--dry-run', 'load, show the difference, discard; on platforms with a candidate')
        .option('-y, --yes', 'change devices without asking')
        .addOption(hidden('-f, --force')),
    ),
  )
  return doing<BulkOptions>(command, set, bulk)
}

async function bulk(context: Context<BulkOptions>, [file = '']: readonly string[]) {
  const { command = [], configFile, save, dryRun } = context.options
  if (!isDeviceFile(file)) throw cliError('COMMAND_LINE_INVALID', 'bulk needs a file of devices: .csv, .yaml or .json.')
  if (command.length > 0 && configFile !== undefined)
    throw cliError('COMMAND_LINE_INVALID', 'bulk takes commands or a config file, not both.')
  if (command.length > 0) return runWork(context, file, { command: [...command] })
  return runWork(context, file, {
    ...(configFile === undefined ? {} : { config: linesOf(await readText(context.parts, configFile)) }),
    ...(save === undefined ? {} : { save }),
    ...(dryRun === undefined ? {} : { dry_run: dryRun }),
  })
}
