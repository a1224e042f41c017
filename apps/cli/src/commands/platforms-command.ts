import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import { table } from '../output/table.js'

export function platformsCommand(set: CommandSet): Command {
  const command = set.program
    .command('platforms')
    .summary('list the platforms that come with NetPulse')
    .description('Lists the platforms of this installation (device_type), with their other names. Asks no server.')
  return doing<GlobalOptions>(command, set, platforms)
}

async function platforms({ report }: Context) {
  const { loadPlatforms } = await import('@netpulse/platforms')
  const found = loadPlatforms()
    .list()
    .map(({ name, aliases }) => ({ name, aliases }))
  const rows = found.map(({ name, aliases }) => ({ name, aliases: aliases.join(' ') }))
  const text = (): string =>
    table(
      [
        { head: 'NAME', value: ({ name }) => name },
        { head: 'ALSO', value: ({ aliases }) => aliases },
      ],
      rows,
    )
  await report.list({ records: found, rows, text })
  return exitCodes.ok
}
