import { isFinal } from '@netpulse/core'
import type { Findings, Traced, Violation } from './findings.js'
import { tracedJobs } from './findings.js'
import { holdViolations, orderViolations } from './order.js'

type Check = (traced: Traced, findings: Findings) => readonly string[]

/** What must be true of each job, by invariant. */
const checks: readonly (readonly [invariant: string, check: Check])[] = [
  ['I1', endedOnce],
  ['I3', sentOnce],
  ['I5', answeredByItsDevice],
  ['I9', inForce],
  ['I10', neverStarted],
  ['truth', toldTheTruth],
]

/** Every broken promise of a run that has come to its end. */
export function violationsOf(findings: Findings): readonly Violation[] {
  const jobs = tracedJobs(findings)
  return [
    ...missing(findings, jobs),
    ...jobs.flatMap((job) =>
      checks.flatMap(([invariant, check]) =>
        check(job, findings).map((message) => ({ invariant, message: `${job.name}: ${message}` })),
      ),
    ),
    ...[...findings.devices.values()].flatMap(({ violations }) => violations),
    ...orderViolations(jobs),
    ...holdViolations(jobs, findings.releases),
  ]
}

function missing({ accepted }: Findings, jobs: readonly Traced[]): readonly Violation[] {
  const stored = jobs.map(({ name }) => name)
  return accepted
    .filter((name) => stored.filter((one) => one === name).length !== 1)
    .map((name) => ({ invariant: 'I1', message: `${name} was accepted and is not there once` }))
}

function endedOnce({ name, record, events }: Traced, { told }: Findings): readonly string[] {
  const found: string[] = []
  if (!isFinal(record.status)) found.push(`is ${record.status} at the end`)
  const ends = events.filter(({ type }) => type === 'ended')
  if (isFinal(record.status) && ends.length !== 1) found.push(`has ${ends.length} events of its end`)
  const [end] = ends
  const said = (end?.data as { readonly status?: string } | undefined)?.status
  if (end !== undefined && said !== record.status) found.push(`its event says ${said}, its record ${record.status}`)
  if (end !== undefined && events.at(-1) !== end) found.push('something happened to it after its end')
  if (told.has(name) && told.get(name) !== record.status) found.push(`a client was told ${told.get(name)}`)
  return found
}

/** Lines that may change the device. */
const changing = ({ job }: Traced): readonly string[] =>
  job.type === 'config' || job.type === 'opaque' ? job.lines : []

function sentOnce(traced: Traced): readonly string[] {
  return changing(traced)
    .filter((line) => (traced.device.arrived.get(line) ?? 0) > 1)
    .map((line) => `"${line}" has come ${traced.device.arrived.get(line)} times`)
}

function answeredByItsDevice({ job, record }: Traced): readonly string[] {
  const user = job.type === 'fifo' ? 'fifo' : job.user
  const answers = (record.result?.results ?? []).filter(({ stdout }) => stdout !== '')
  return answers
    .filter(({ stdout }) => !stdout.startsWith(`${job.host} to ${user}: `))
    .map(({ stdout }) => `has an answer of another device or login: ${stdout}`)
}

function inForce(traced: Traced): readonly string[] {
  if (traced.record.outcome !== 'succeeded') return []
  const { device, job, record } = traced
  if (record.result!.results.filter(({ failure }) => failure === null).length < job.lines.length)
    return ['succeeded, without an answer to each line']
  const there = job.type === 'config' ? device.running : [...device.arrived.keys()]
  return changing(traced)
    .filter((line) => !there.includes(line))
    .map((line) => `succeeded, but "${line}" is not in force`)
}

/** What ended while it waited was never begun. */
function neverStarted(traced: Traced, { canceled }: Findings): readonly string[] {
  const { record, device, name } = traced
  const came = changing(traced).filter((line) => device.arrived.has(line))
  if (record.outcome === 'expired' && came.length > 0) return ['expired, but was begun']
  if (canceled.get(name) !== 'canceled') return []
  return record.status === 'canceled' && came.length === 0 ? [] : ['was canceled while it waited, and was begun']
}

/** Outcomes by which nothing of the job is in force. */
const nothingInForce: ReadonlySet<string> = new Set(['failed', 'canceled', 'expired', 'rolled_back'])

/** The outcome and each line's answer say what is in force; only `unknown` says nothing. */
function toldTheTruth(traced: Traced): readonly string[] {
  const { job, record, device } = traced
  const outcome = record.outcome ?? ''
  if (job.type !== 'config' || outcome === 'unknown') return []
  const there = job.lines.filter((line) => device.running.includes(line))
  if (nothingInForce.has(outcome)) return there.map((line) => `${outcome}, but "${line}" is in force`)
  if (outcome !== 'partial' || device.kind !== 'live') return []
  const results = record.result?.results ?? []
  const said = results.filter(({ failure }) => failure === null).map(({ command }) => command)
  return job.lines
    .filter((line) => said.includes(line) !== there.includes(line))
    .map((line) => `partial, and wrong about "${line}"`)
}
