import type { ExecutionRequest, Job } from '@netpulse/client'
import type { Context } from '../context.js'
import type { ExitCode } from '../exit-codes.js'
import { exitOfJob } from '../exit-codes.js'
import { answersText } from '../output/job-text.js'
import { plain } from '../output/plain-text.js'
import { showJob } from '../output/show-job.js'
import { noteGoesOn, waitUntilTimeout } from './time-limit.js'
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
  const ended = await client.jobs.wait(job.id, waitUntilTimeout(context)).catch((error: unknown) => {
    noteGoesOn(context, job)
    throw error
  })
  await showEnded(context, label, ended)
  return exitOfJob(ended)
}

/** A job of one device that has ended. @throws FILE_UNREADABLE */
export const showEnded = (
  context: Pick<Context<WorkOptions>, 'options' | 'parts' | 'report'>,
  label: string,
  job: Job,
): Promise<void> => showJob(context, job, { label, complaintOf: label, text: textOf })

function textOf(job: Job): string {
  const diff = job.result?.diff === undefined ? '' : `${plain(job.result.diff).trimEnd()}\n`
  if (job.task_id !== null) return `${answersText(job)}${job.outcome === 'succeeded' ? `task ${job.task_id}\n` : ''}`
  if (job.kind !== 'modification') return answersText(job) + diff
  const done = job.outcome === 'succeeded' ? `succeeded, job ${job.id}\n` : ''
  return diff + done
}
