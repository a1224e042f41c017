import type { HeldDevice, ReleasedDevice } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import { table } from '../output/table.js'
import { addCommandGroup } from './command-group.js'

export const holdsCommand = (set: CommandSet): Command =>
  addCommandGroup(set, {
    name: 'holds',
    summary: 'list and release devices whose changes wait',
    description: 'Devices whose changes wait, because nobody knows what an earlier one left behind.',
    members: [listCommand, releaseCommand],
  })

function listCommand(set: CommandSet): Command {
  const command = set.program
    .command('list')
    .summary('list held devices')
    .description('Lists devices whose changes wait, and why.')
  return doing<GlobalOptions>(command, set, async ({ client, parts, report }) => {
    const held = await (await client()).devices.holds({ signal: parts.interrupted })
    const rows = held.map(({ device, reason, since }) => ({ device, reason, since }))
    await report.list({ records: held, rows, text: () => textOf(held) })
    return exitCodes.ok
  })
}

function releaseCommand(set: CommandSet): Command {
  const command = set.program
    .command('release')
    .summary('let the changes of devices run')
    .description('Lets the changes of held devices run: somebody looked, and they are as expected.')
    .argument('<devices...>')
  return doing<GlobalOptions>(command, set, async ({ client, parts, report }, words) => {
    const { devices } = await client()
    const released: ReleasedDevice[] = []
    for (const device of words) released.push(await devices.releaseHold(device, { signal: parts.interrupted }))
    await report.done(released, ({ device }) => `${device}  released`)
    return exitCodes.ok
  })
}

const textOf = (held: readonly HeldDevice[]): string =>
  table(
    [
      { head: 'DEVICE', value: ({ device }) => device },
      { head: 'SINCE', value: ({ since }) => since },
      { head: 'REASON', value: ({ reason }) => reason },
    ],
    held,
  )
