import type { Command } from 'commander'

/** A command with the flags that it takes. */
export interface CommandWords {
  readonly name: string
  readonly summary: string
  readonly flags: readonly string[]
}

const flagsOf = ({ options }: Pick<Command, 'options'>): readonly string[] =>
  options.filter(({ hidden, long }) => !hidden && long !== undefined).map(({ long }) => long!)

/** Commands of a command, and their flags. */
const wordsBelow = ({ commands }: Pick<Command, 'commands'>): readonly string[] =>
  commands.flatMap((command) => [command.name(), ...flagsOf(command)])

/** What may be completed: taken from the program itself, so that it cannot be out of date. */
export function wordsOf(program: Command): readonly CommandWords[] {
  const global = flagsOf(program)
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    flags: [...new Set([...flagsOf(command), ...wordsBelow(command), ...global, '--help'])].sort(),
  }))
}
