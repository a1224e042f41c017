import type { BulkEntry, BulkExecutionRequest } from '@netpulse/client'
import type { Context } from '../context.js'
import type { ExitCode } from '../exit-codes.js'
import { exitCodes, exitOfEntries } from '../exit-codes.js'
import { answersText, complaintOf, flatRows } from '../output/job-text.js'
import { ProgressBar } from '../output/progress-bar.js'
import type { FlatRow } from '../output/result-file.js'
import { table } from '../output/table.js'
import { untilTimeout } from './time-limit.js'
import type { WorkOptions } from './work-options.js'

/** A device of a bulk with its name, as programs read it. */
interface NamedEntry {
  readonly name: string
  readonly host: string
  readonly job: BulkEntry['job'] | null
  readonly failure: BulkEntry['failure'] | null
}

const hostOf = ({ device }: BulkEntry): string => device.host ?? ''

const named = (entry: BulkEntry, name: string): NamedEntry => ({
  name,
  host: hostOf(entry),
  job: entry.job ?? null,
  failure: entry.failure ?? null,
})

/** Submits a job per device, waits for all, and shows what came of each. */
export async function runMany(
  context: Context<WorkOptions>,
  labels: readonly string[],
  request: BulkExecutionRequest,
): Promise<ExitCode> {
  const { options, parts, report } = context
  const client = await context.client()
  if (!options.wait) return submitMany(context, labels, request)
  const bar = new ProgressBar(parts.stderr, report.isQuiet)
  const labelOf = new Map(request.devices.map((device, index) => [device, labels[index] ?? '']))
  const ended: BulkEntry[] = []
  const bulk = client.bulk.run(request, {
    signal: untilTimeout(context),
    onProgress: (progress) => bar.show(progress),
    onJob(job, device) {
      ended.push({ device, job })
      report.line(named({ device, job }, labelOf.get(device) ?? ''))
    },
  })
  try {
    const { entries } = await bulk.finally(() => bar.clear())
    await showEntries(context, entries, labels)
    return exitOfEntries(entries)
  } catch (error) {
    // Given up in the middle: what has ended until then is not lost.
    if (ended.length > 0)
      await showEntries(
        context,
        ended,
        ended.map(({ device }) => labelOf.get(device) ?? ''),
      )
    throw error
  }
}

async function submitMany(
  context: Context<WorkOptions>,
  labels: readonly string[],
  request: BulkExecutionRequest,
): Promise<ExitCode> {
  const { report, parts } = context
  const client = await context.client()
  const { succeeded, failed } = await client.device.bulk(request, { signal: parts.interrupted })
  const rows = succeeded.map(({ id, device_name: host, status }): FlatRow => ({ job: id, host, status }))
  const text = (): string => rows.map(({ job, host }) => `${String(job)}  ${String(host)}\n`).join('')
  await report.list({ records: succeeded, rows, text })
  for (const { index, reason, code } of failed) report.note(`netpulse: ${labels[index] ?? ''}: ${reason} (${code})`)
  return failed.length === 0 ? exitCodes.ok : exitCodes.failed
}

async function showEntries(
  context: Context<WorkOptions>,
  entries: readonly BulkEntry[],
  labels: readonly string[],
): Promise<void> {
  const { report, options } = context
  const records = entries.map((entry, index) => named(entry, labels[index] ?? ''))
  // Jobs went out line by line as they ended; devices without one did not.
  for (const record of records) if (record.job === null) report.line(record)
  const text = (): string => (options.full === true ? fullText(records) : '') + tableOf(records)
  await report.list({ records, rows: records.flatMap(rowsOf), text }, true)
  for (const { name, job, failure } of records) {
    const complaint = job === null ? failure && `${failure.reason} (${failure.code})` : complaintOf(job!)
    if (complaint) report.note(`netpulse: ${name}: ${complaint}`)
  }
}

const tableOf = (records: readonly NamedEntry[]): string =>
  table(
    [
      { head: 'NAME', value: ({ name }) => name },
      { head: 'HOST', value: ({ host }) => host },
      { head: 'OUTCOME', value: ({ job }) => job?.outcome ?? 'refused by the server' },
      { head: 'SECONDS', value: ({ job }) => job?.duration?.toFixed(2) },
      { head: 'JOB', value: ({ job }) => job?.id },
    ],
    records,
  )

const fullText = (records: readonly NamedEntry[]): string =>
  records.map(({ name, job }) => (job ? `=== ${name}\n${answersText(job)}\n` : '')).join('')

function rowsOf({ name, host, job, failure }: NamedEntry): readonly FlatRow[] {
  if (job) return flatRows(name, job)
  const none = {
    job: null,
    status: null,
    outcome: null,
    duration: null,
    command: null,
    exit_status: null,
    output: null,
  }
  return [{ name, host, ...none, code: failure?.code ?? null, error: failure?.reason ?? null }]
}
