import type { AuditEntry, AuditFilter } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import type { FlatRow } from '../output/result-file.js'
import { table } from '../output/table.js'
import { exportCommand } from './audit-export.js'
import { verifyCommand } from './audit-verify.js'
import { addCommandGroup } from './command-group.js'
import { firstOf, largestPage, limitOption } from './first-of.js'

/** Options of `audit list`: filters by the names of the API. */
interface ListOptions extends GlobalOptions, Omit<AuditFilter, 'limit' | 'cursor'> {
  readonly limit: number
}

/** `netpulse audit`: who did what, and the proof that nobody changed it. */
export const auditCommand = (set: CommandSet): Command =>
  addCommandGroup(set, {
    name: 'audit',
    summary: 'who did what: list, export, verify',
    description: 'The audit record: who did what to which device, as a chain of hashes. Needs the role admin.',
    members: [listCommand, exportCommand, verifyCommand, headCommand],
  })

function listCommand(set: CommandSet): Command {
  const command = set.program
    .command('list')
    .summary('list entries, newest first')
    .description('Lists entries, newest first. Filters combine.')
    .option('--since <moment>', 'at or after, ISO 8601')
    .option('--until <moment>', 'before, ISO 8601')
    .option('--actor <id>', 'id of the API key')
    .option('--device <name>', 'device of a job')
    .option('--host <host>', 'host of the device')
    .option('--action <word>', 'job.accepted, job.ended, key.created, ...')
    .option('--outcome <word>', 'outcome of a job; succeeded or failed')
    .option('--job <id>', 'id of a job')
    .option(...limitOption)
  return doing<ListOptions>(command, set, list)
}

function headCommand(set: CommandSet): Command {
  const command = set.program
    .command('head')
    .summary('where the record ends now')
    .description('Shows number and hash of the latest entry. Note it where nobody who may change the record can.')
  return doing(command, set, async ({ client, parts, report }) => {
    const head = await (await client()).audit.head({ signal: parts.interrupted })
    report.one(head, () => `${head.number} ${head.hash}\n`)
    return exitCodes.ok
  })
}

async function list(context: Context<ListOptions>) {
  const { options, report, parts } = context
  const { since, until, actor, device, host, action, outcome, job, limit } = options
  const words = Object.entries({ since, until, actor, device, host, action, outcome, job })
  const filter: AuditFilter = {
    ...Object.fromEntries(words.filter(([, value]) => value !== undefined)),
    limit: Math.min(limit, largestPage),
  }
  const client = await context.client()
  const entries = await firstOf(client.audit.list(filter, { signal: parts.interrupted }), limit, report)
  await report.list({ records: entries, rows: entries.map(flat), text: () => textOf(entries) }, true)
  return exitCodes.ok
}

const flat = ({ number, at, action, actor, source, device, host, job, outcome, hash }: AuditEntry): FlatRow => ({
  ...{ number, at, action, actor_id: actor.id, actor_name: actor.name },
  ...{ source, device, host, job, outcome, hash },
})

/** What of the details says most, on one line. */
function about({ details }: AuditEntry): string {
  const { request, status, name, address } = details as Record<string, unknown>
  const { command, config } = Object(request) as { command?: unknown; config?: unknown }
  const lines = [command ?? config ?? []].flat() as readonly unknown[]
  const words = lines.length > 0 ? lines : [status, name, address].filter((word) => typeof word === 'string')
  return words.join('; ').slice(0, shownLetters)
}

const shownLetters = 40

const textOf = (entries: readonly AuditEntry[]): string =>
  table(
    [
      { head: 'NO', value: ({ number }) => number },
      { head: 'AT', value: ({ at }) => at },
      { head: 'ACTION', value: ({ action }) => action },
      { head: 'WHO', value: ({ actor }) => (actor.name === '' ? actor.id : actor.name) },
      { head: 'FROM', value: ({ source }) => source },
      { head: 'DEVICE', value: ({ device, host }) => device ?? host },
      { head: 'OUTCOME', value: ({ outcome }) => outcome },
      { head: 'JOB', value: ({ job }) => job },
      { head: 'WHAT', value: about },
    ],
    entries,
  )
