import type { Worker } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import { table } from '../output/table.js'

interface WorkersOptions extends GlobalOptions {
  readonly queue?: string
  readonly node?: string
  readonly host?: string
}

export function workersCommand(set: CommandSet): Command {
  const command = set.program
    .command('workers')
    .summary('list workers')
    .description('Lists who is working on what. Filters combine.')
    .option('--queue <name>', 'FifoQ, HostQ_<host>, NodeQ_<hostname>')
    .option('--node <name>', 'id or hostname of a node')
    .option('--host <host>', 'host of a device')
  return doing<WorkersOptions>(command, set, workers)
}

async function workers(context: Context<WorkersOptions>) {
  const { queue, node, host } = context.options
  const given = Object.entries({ queue, node, host }).filter(([, value]) => value !== undefined)
  const client = await context.client()
  const found = await client.workers.list(Object.fromEntries(given), { signal: context.parts.interrupted })
  const rows = found.map(({ queues, ...worker }) => ({ ...worker, queues: queues.join(' ') }))
  await context.report.list({ records: found, rows, text: () => textOf(found) })
  return exitCodes.ok
}

const textOf = (workers: readonly Worker[]): string =>
  table(
    [
      { head: 'NAME', value: ({ name }) => name },
      { head: 'TYPE', value: ({ type }) => type },
      { head: 'STATUS', value: ({ status }) => status },
      { head: 'NODE', value: ({ node }) => node },
      { head: 'PID', value: ({ pid }) => pid },
      { head: 'QUEUE', value: ({ queues }) => queues.join(' ') },
      { head: 'JOBS', value: ({ successful_job_count: done }) => done },
      { head: 'FAILED', value: ({ failed_job_count: failed }) => failed },
    ],
    workers,
  )
