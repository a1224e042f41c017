import type { Job, JobEvent, NetPulseClient } from '@netpulse/client'
import { hasEnded } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitOfJob } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import type { Fact } from '../output/facts.js'
import { factsText } from '../output/facts.js'
import { answersText } from '../output/job-text.js'
import { oneLine, plain } from '../output/plain-text.js'
import { showJob } from '../output/show-job.js'
import { untilTimeout, waitUntilTimeout } from './time-limit.js'

interface JobOptions extends GlobalOptions {
  readonly follow?: boolean
  readonly wait?: boolean
}

export function jobCommand(set: CommandSet): Command {
  const command = set.program
    .command('job')
    .summary('show a job, wait for it, follow it')
    .description('Shows a job. The exit code is that of its outcome, as far as it has one.')
    .argument('<id>')
    .option('-f, --follow', 'show what happens until it has ended')
    .option('-w, --wait', 'wait until it has ended')
  return doing<JobOptions>(command, set, job)
}

async function job(context: Context<JobOptions>, [id = '']: readonly string[]) {
  const { options, parts } = context
  const client = await context.client()
  const hasSpoken = options.follow === true && (await follow(context, client, id))
  const waits = options.wait === true || options.follow === true
  const found = waits
    ? await client.jobs.wait(id, waitUntilTimeout(context))
    : await client.jobs.get(id, { signal: parts.interrupted })
  await showJob(context, found, { label: found.device, text: (shown) => (hasSpoken ? '' : textOf(shown)) })
  return exitOfJob(found)
}

/** Shows events as they come, and what the device says meanwhile. Answers with whether the device said something. */
async function follow(context: Context<JobOptions>, client: NetPulseClient, id: string): Promise<boolean> {
  const { report } = context
  let hasSpoken = false
  for await (const event of client.jobs.stream(id, { signal: untilTimeout(context) })) {
    hasSpoken ||= event.type === 'output'
    if (report.isForPeople) report.say(eventText(event))
    else report.line(event)
  }
  return hasSpoken
}

function eventText({ type, at, data }: JobEvent): string {
  const text = data?.['text']
  if (type === 'output' && typeof text === 'string') return plain(text)
  const facts = Object.entries(data ?? {}).map(([name, value]) => `${name} ${oneLine(shown(value))}`)
  return `${at}  ${[type, ...facts].join('  ')}\n`
}

/** Of an answer its command is enough here; of an error its sentence. */
function shown(value: unknown): string {
  const { command, message } = Object(value) as { command?: unknown; message?: unknown }
  return (
    ([command, message].find((text) => typeof text === 'string') as string) ??
    (typeof value === 'string' ? value : JSON.stringify(value))
  )
}

const waitText = (before: number): string =>
  before === 0 ? 'it is next' : `behind ${before} other${before === 1 ? '' : 's'}`

const factsOf = (job: Job): readonly Fact[] => [
  ['id', job.id],
  ['status', job.status],
  ['outcome', job.outcome],
  ['device', job.device],
  ['driver', job.driver],
  ['kind', `${job.kind}, ${job.queue_strategy}`],
  ['queue', job.queue],
  ['waits', typeof job.queue_position === 'number' ? waitText(job.queue_position) : undefined],
  ['worker', job.worker],
  ['created', job.created_at],
  ['started', job.started_at],
  ['ended', job.ended_at],
  ['seconds', job.duration?.toFixed(3)],
  ['attempts', job.attempt],
  ['tags', job.tags.join(' ')],
  ['commands', (job.command ?? []).map(oneLine).join('; ')],
]

function textOf(job: Job): string {
  const diff = job.result?.diff === undefined ? '' : `\n${plain(job.result.diff).trimEnd()}\n`
  const transcript = job.result?.transcript === undefined ? '' : `\n${plain(job.result.transcript).trimEnd()}\n`
  const answers = hasEnded(job) ? answersText(job) : ''
  return `${factsText(factsOf(job))}${answers === '' ? '' : `\n${answers}`}${diff}${transcript}`
}
