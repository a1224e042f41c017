import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
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

interface ConfigOptions extends WorkOptions, ChangeOptions {
  readonly line?: readonly string[]
  readonly file?: string
}

export function configCommand(set: CommandSet): Command {
  const command = set.program
    .command('config')
    .summary('apply configuration to a device, or to those of a file')
    .description(
      'Applies config lines, all or up to the first that is refused. TARGET is [user@]host[:port], or a file of devices.',
    )
    .argument('<target>')
    .argument('[lines...]', 'config lines, each in quotes')
    .option('-l, --line <text>', 'a config line; again for more', collect)
    .option('--file <file>', 'config lines; - for stdin')
  addWorkOptions(addDeviceOptions(addChangeOptions(command, 'change the devices of a file without asking')))
  return doing<ConfigOptions>(command, set, configure)
}

async function configure(context: Context<ConfigOptions>, [target = '', ...words]: readonly string[]) {
  const { file, line = [] } = context.options
  const fromFile = file === undefined ? [] : linesOf(await readText(context.parts, file))
  const config = [...words, ...line, ...fromFile]
  if (config.length === 0)
    throw cliError('COMMAND_LINE_INVALID', 'config needs lines: netpulse config TARGET --file FILE.')
  return runWork(context, target, { config, ...changeFields(context.options) })
}
