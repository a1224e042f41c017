import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { isDeviceFile } from '../devices/target.js'
import { cliError } from '../errors.js'
import { readText } from '../files.js'
import { collect } from '../global-options.js'
import type { ChangeOptions } from './change-options.js'
import { addChangeOptions, changeFields } from './change-options.js'
import { addDeviceOptions } from './device-options.js'
import { linesOf } from './lines.js'
import { runWork } from './run-work.js'
import type { WorkOptions } from './work-options.js'
import { addWorkOptions } from './work-options.js'

interface BulkOptions extends WorkOptions, ChangeOptions {
  readonly command?: readonly string[]
  readonly configFile?: string
}

export function bulkCommand(set: CommandSet): Command {
  const command = set.program
    .command('bulk')
    .summary('run commands or apply configuration on all devices of a file')
    .description(
      'One job per device of FILE (.csv, .yaml, .json). A device may have a command or config of its own there.',
    )
    .argument('<file>')
    .option('-c, --command <text>', 'a command; again for more', collect)
    .option('--config-file <file>', 'config lines; - for stdin')
  addWorkOptions(addDeviceOptions(addChangeOptions(command, 'change devices without asking')))
  return doing<BulkOptions>(command, set, bulk)
}

async function bulk(context: Context<BulkOptions>, [file = '']: readonly string[]) {
  const { command = [], configFile } = context.options
  if (!isDeviceFile(file)) throw cliError('COMMAND_LINE_INVALID', 'bulk needs a file of devices: .csv, .yaml or .json.')
  if (command.length > 0 && configFile !== undefined)
    throw cliError('COMMAND_LINE_INVALID', 'bulk takes commands or a config file, not both.')
  if (command.length > 0) return runWork(context, file, { command: [...command] })
  return runWork(context, file, {
    ...(configFile === undefined ? {} : { config: linesOf(await readText(context.parts, configFile)) }),
    ...changeFields(context.options),
  })
}
