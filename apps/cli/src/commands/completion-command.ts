import type { Command } from 'commander'
import { Argument } from 'commander'
import { completionScripts } from '../completion/scripts.js'
import { wordsOf } from '../completion/words.js'
import type { CommandSet } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'

export function completionCommand(set: CommandSet): Command {
  const command = set.program
    .command('completion')
    .summary('print the completion of a shell')
    .description('Prints a script for the shell; its first line says where to put it.')
    .addArgument(new Argument('<shell>').choices(Object.keys(completionScripts)))
  return doing<GlobalOptions>(command, set, ({ report }, [shell = '']) => {
    report.say(completionScripts[shell]!(wordsOf(set.program)))
    return Promise.resolve(exitCodes.ok)
  })
}
