import type { Job } from '@netpulse/client'
import type { Context } from '../context.js'
import { complaintOf, flatRows } from './job-text.js'
import { writeResultFile } from './result-file.js'

/** How to show a job. */
export interface JobView {
  /** Its name in a table. */
  readonly label: string
  /** Stands before what went wrong. */
  readonly complaintOf?: string
  /** What people see of it. */
  readonly text: (job: Job) => string
}

/** A job with its answers, into the file too if one is asked for; what went wrong is on stderr. @throws FILE_UNREADABLE */
export async function showJob(
  { options, parts, report }: Pick<Context, 'options' | 'parts' | 'report'>,
  job: Job,
  { label, complaintOf: name, text }: JobView,
): Promise<void> {
  if (options.output !== undefined)
    await writeResultFile(parts, options.output, { records: [job], rows: flatRows(label, job) })
  report.one(job, () => text(job))
  const complaint = complaintOf(job)
  if (complaint !== undefined) report.note(`netpulse: ${name === undefined ? '' : `${name}: `}${complaint}`)
}
