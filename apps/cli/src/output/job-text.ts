import type { CommandResult, Job } from '@netpulse/client'
import { oneLine, plain } from './plain-text.js'
import type { FlatRow } from './result-file.js'

/** What a device answered, as text. */
const outputText = ({ stdout }: Pick<CommandResult, 'stdout'>): string =>
  typeof stdout === 'string' ? stdout : JSON.stringify(stdout, null, 2)

const ending = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** Answers of the device; with more than one command each below its command. */
export function answersText({ result }: Job): string {
  const answers = result?.retval ?? []
  const headed = answers.length > 1
  return answers
    .map((answer) => `${headed ? `--- ${oneLine(answer.command)}\n` : ''}${ending(plain(outputText(answer)))}`)
    .join('')
}

/** What ended a job: its error, else the first command that the device refused. */
function reasonOf({ result }: Job): string {
  const { error, retval } = result ?? {}
  if (error) return `: ${oneLine(error.message)} (${error.code})`
  const refused = (retval ?? []).find(({ failure }) => failure !== null && failure.kind !== 'skipped')
  return refused === undefined ? '' : `: ${oneLine(refused.command)}: ${oneLine(refused.failure?.message ?? '')}`
}

/** Why a job did not succeed, in one line; `undefined` when it did or has not ended. */
export function complaintOf(job: Job): string | undefined {
  const { id, outcome, status } = job
  if (outcome === null || outcome === 'succeeded') return undefined
  const look = outcome === 'unknown' || outcome === 'partial' ? ' Look at the device.' : ''
  return `job ${id} ${status}, outcome ${outcome}${reasonOf(job)}${look}`
}

/** The jobs as a table: one row per command, or one for a job that has no answers. */
export function flatRows(label: string, job: Job): readonly FlatRow[] {
  const base = {
    name: label,
    host: job.device_name,
    job: job.id,
    status: job.status,
    outcome: job.outcome,
    duration: job.duration,
  }
  const error = job.result?.error ?? null
  const problem = { code: error?.code ?? null, error: error?.message ?? null }
  const answers = job.result?.retval ?? []
  if (answers.length === 0) return [{ ...base, command: null, exit_status: null, output: null, ...problem }]
  return answers.map((answer) => ({
    ...base,
    command: answer.command,
    exit_status: answer.exit_status,
    output: outputText(answer),
    ...problem,
    ...(answer.failure === null ? {} : { code: answer.failure.kind, error: answer.failure.message }),
  }))
}
