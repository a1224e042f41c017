import type { Command } from 'commander'
import type { CommandSet } from '../context.js'

/** A command that only holds others: `keys` of `keys list`. */
export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly members: readonly ((set: CommandSet) => Command)[]
}

export function addCommandGroup(set: CommandSet, { name, summary, description, members }: CommandGroup): Command {
  const group = set.program.command(name).summary(summary).description(description)
  for (const member of members) member({ ...set, program: group })
  return group
}
