import type { Job, JobFilter } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import type { FlatRow } from '../output/result-file.js'
import { table } from '../output/table.js'
import { firstOf, largestPage, limitOption } from './first-of.js'

interface JobsOptions extends GlobalOptions {
  readonly status?: string
  readonly queue?: string
  readonly node?: string
  readonly host?: string
  readonly driver?: string
  readonly tag?: string
  readonly since?: string
  readonly until?: string
  readonly limit: number
}

export function jobsCommand(set: CommandSet): Command {
  const command = set.program
    .command('jobs')
    .summary('list jobs, newest first')
    .description('Lists jobs, newest first. Filters combine.')
    .option('--status <words>', 'one or more with commas: queued,started')
    .option('--host <host>', 'host of the device')
    .option('--queue <name>', 'FifoQ, HostQ_<host>')
    .option('--node <name>', 'id or hostname of a node')
    .option('--driver <name>', 'name of the driver')
    .option('--tag <word>', 'a tag of the request')
    .option('--since <moment>', 'accepted at or after, ISO 8601')
    .option('--until <moment>', 'accepted before, ISO 8601')
    .option(...limitOption)
  return doing<JobsOptions>(command, set, listJobs)
}

async function listJobs(context: Context<JobsOptions>) {
  const { options, report, parts } = context
  const { status, queue, node, host, driver, tag, since, until, limit } = options
  const given = Object.entries({ queue, node, host, driver, tag, since, until }).filter(
    ([, value]) => value !== undefined,
  )
  const filter: JobFilter = {
    ...Object.fromEntries(given),
    // The server tells a word that is no status.
    ...(status === undefined ? {} : { status: status.split(',') as NonNullable<JobFilter['status']> }),
    limit: Math.min(limit, largestPage),
  }
  const client = await context.client()
  const jobs = await firstOf(client.jobs.list(filter, { signal: parts.interrupted }), limit, report)
  await report.list({ records: jobs, rows: jobs.map(flat), text: () => textOf(jobs) }, true)
  return exitCodes.ok
}

const flat = ({ id, status, outcome, device, kind, driver, created_at, duration, command, tags }: Job): FlatRow => ({
  ...{ id, status, outcome, device, kind, driver, created_at, duration },
  command: (command ?? []).join('\n'),
  tags: tags.join(' '),
})

const shownLetters = 40

const textOf = (jobs: readonly Job[]): string =>
  table(
    [
      { head: 'ID', value: ({ id }) => id },
      { head: 'STATUS', value: ({ status }) => status },
      { head: 'OUTCOME', value: ({ outcome }) => outcome },
      { head: 'DEVICE', value: ({ device }) => device },
      { head: 'KIND', value: ({ kind }) => kind },
      { head: 'CREATED', value: ({ created_at: at }) => at },
      { head: 'SECONDS', value: ({ duration }) => duration?.toFixed(2) },
      { head: 'COMMAND', value: ({ command }) => (command ?? []).join('; ').slice(0, shownLetters) },
    ],
    jobs,
  )
