import type { SystemStats } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import { factsText } from '../output/facts.js'

export function statsCommand(set: CommandSet): Command {
  const command = set.program
    .command('stats')
    .summary('count workers, jobs and nodes')
    .description('Counts what the deployment has: workers, jobs that are kept, nodes, held devices.')
  return doing<GlobalOptions>(command, set, async ({ client, parts, report }) => {
    const stats = await (await client()).system.stats({ signal: parts.interrupted })
    report.one(stats, () => textOf(stats))
    return exitCodes.ok
  })
}

/** `3 days 4:05:06`. */
function uptimeText(seconds: number): string {
  const [days, rest] = [Math.floor(seconds / 86_400), Math.floor(seconds) % 86_400]
  const clock = new Date(rest * 1000).toISOString().slice(11, 19)
  return days === 0 ? clock : `${days} days ${clock}`
}

const textOf = ({ workers, jobs, nodes, devices, uptime_seconds: uptime }: SystemStats): string =>
  factsText([
    ['nodes', `${nodes.active}, room for ${nodes.total_capacity} devices`],
    ['workers', `${workers.total}: ${workers.pinned} pinned, ${workers.fifo} fifo, ${workers.node} node`],
    ['at work', `${workers.busy}, idle ${workers.idle}`],
    ['jobs', jobs.total],
    ['queued', jobs.queued],
    ['started', jobs.in_progress],
    ['finished', jobs.succeeded],
    ['failed', jobs.failed],
    ['held devices', devices.held],
    ['server up', uptimeText(uptime)],
  ])
