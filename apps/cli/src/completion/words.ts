import type { Command } from 'commander'

/** A command with the flags that it takes, and the commands below it. */
export interface CommandWords {
  readonly name: string
  readonly summary: string
  readonly flags: readonly string[]
  readonly commands: readonly CommandWords[]
}

const flagsOf = ({ options }: Pick<Command, 'options'>): readonly string[] =>
  options.filter(({ hidden, long }) => !hidden && long !== undefined).map(({ long }) => long!)

/** What may be completed: taken from the program itself, so that it cannot be out of date. */
export const wordsOf = (program: Command): readonly CommandWords[] => wordsBelow(program, flagsOf(program))

const wordsBelow = ({ commands }: Command, global: readonly string[]): readonly CommandWords[] =>
  commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: [...new Set([...flagsOf(command), ...global, '--help'])].sort(),
    commands: wordsBelow(command, global),
  }))
