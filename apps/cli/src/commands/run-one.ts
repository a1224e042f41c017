import type { ExecutionRequest, Job } from '@netpulse/client'
import type { Context } from '../context.js'
import type { ExitCode } from '../exit-codes.js'
import { exitOfJob } from '../exit-codes.js'
import { answersText, complaintOf, flatRows } from '../output/job-text.js'
import { plain } from '../output/plain-text.js'
import { writeResultFile } from '../output/result-file.js'
import type { WorkOptions } from './work-options.js'

/** Submits one job, waits for it unless told otherwise, and shows what came of it. */
export async function runOne(
  context: Context<WorkOptions>,
  label: string,
  request: ExecutionRequest,
): Promise<ExitCode> {
  const { options, parts, report } = context
  const client = await context.client()
  const job = await client.device.exec(request, { signal: parts.interrupted })
  if (!options.wait) {
    report.one(job, () => `${job.id}\n`)
    return exitOfJob(job)
  }
  const wait = options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }
  const ended = await client.jobs.wait(job.id, { signal: parts.interrupted, ...wait }).catch((error: unknown) => {
    report.note(`netpulse: job ${job.id} goes on; see it with: netpulse job ${job.id}`)
    throw error
  })
  await showJob(context, label, ended)
  return exitOfJob(ended)
}

/** A job with its answers; what went wrong is on stderr. */
export async function showJob(
  context: Pick<Context<WorkOptions>, 'options' | 'parts' | 'report'>,
  label: string,
  job: Job,
): Promise<void> {
  const { options, parts, report } = context
  if (options.output !== undefined)
    await writeResultFile(parts, options.output, { records: [job], rows: flatRows(label, job) })
  report.one(job, () => textOf(job))
  const complaint = complaintOf(job)
  if (complaint !== undefined) report.note(`netpulse: ${label}: ${complaint}`)
}

function textOf(job: Job): string {
  const diff = job.result?.diff === undefined ? '' : `${plain(job.result.diff).trimEnd()}\n`
  if (job.kind !== 'modification') return answersText(job) + diff
  const done = job.outcome === 'succeeded' ? `succeeded, job ${job.id}\n` : ''
  return diff + done
}
