import { deviceFlaws, holdFlaws, jobFlaws } from './invariants.mjs'
import { isFinal, settle } from './settle.mjs'
import { canary } from './world.mjs'

/** Longest time from a fault to the last end, in seconds: I4 of the reliability rules. */
export const longestTakeOverSeconds = 15

/**
 * What must hold whatever was struck, seen from outside: by the devices' own counts and the stored jobs and events.
 * @param {{ faultAt: number, limitSeconds?: number, sessionLimit?: number, mayQueriesFail?: boolean }} expected
 * @returns {Promise<{ violations: string[], takeOverSeconds: number, ends: Record<string, number>, jobs: object[] }>}
 */
export async function check(world, expected) {
  const { faultAt, limitSeconds = longestTakeOverSeconds, sessionLimit = 1 } = expected
  const { ended, held } = await settle(world, { limitSeconds })
  await world.settled()
  const takeOverSeconds = (Math.max(faultAt, ...ended.values()) - faultAt) / 1000
  const violations = []
  const jobs = await world.withEye((eye) => storedJobs(eye, world, violations))
  violations.push(...lateFlaws(jobs, { ended, faultAt, limitSeconds }))
  violations.push(...holdFlaws(jobs, world.releases), ...queryFlaws(jobs, expected), ...lostFlaws(world, jobs))
  for (const witness of world.witnesses.values()) violations.push(...deviceFlaws({ witness, sessionLimit }))
  violations.push(...(await secretFlaws(world)))
  return { violations, takeOverSeconds, held: held.length, ends: countEnds(jobs), jobs }
}

function lateFlaws(jobs, { ended, faultAt, limitSeconds }) {
  const secondsOf = ({ id }) => ((ended.get(id) ?? faultAt) - faultAt) / 1000
  return jobs
    .filter((job) => secondsOf(job) > limitSeconds)
    .map((job) => {
      const { id, kind, strategy, deviceId, attempt, startedAt } = job
      const started =
        startedAt === undefined ? 'never started' : `last started at ${secondsAfter(faultAt, startedAt)} s`
      return `I4: job ${id} (${strategy} ${kind} of ${deviceId}) ended ${secondsOf(job)} s after the fault, ${started}, attempt ${attempt}`
    })
}

const described = ({ id, kind, strategy, deviceId, attempt }) =>
  `job ${id} (${strategy} ${kind} of ${deviceId}, attempt ${attempt})`

const secondsAfter = (faultAt, date) => (date.getTime() - faultAt) / 1000

/** Every job that is stored, acknowledged or not, with what does not hold for it. */
async function storedJobs(eye, { devices }, violations) {
  const byName = new Map(devices.map((device) => [device.name, device]))
  const jobs = []
  for (let cursor, more = true; more; more = cursor !== undefined) {
    const page = await eye.list({}, { limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    for (const job of page.items) {
      jobs.push(job)
      if (!isFinal(job)) violations.push(`I1: ${described(job)} has not ended: it is ${job.status}`)
      else violations.push(...jobFlaws(job, byName.get(job.deviceId)), ...(await eventFlaws(eye, job)))
    }
    cursor = page.nextCursor
  }
  return jobs
}

async function eventFlaws(eye, { id }) {
  let ends = 0
  for await (const { type } of eye.events({ jobId: id, signal: AbortSignal.timeout(10_000) }))
    if (type === 'ended') ends++
  return ends === 1 ? [] : [`I7: job ${id} has ${ends} events of its end`]
}

const queryFlaws = (jobs, { mayQueriesFail = false }) =>
  jobs
    .filter(({ kind, outcome }) => kind === 'query' && outcome !== 'succeeded' && !mayQueriesFail)
    .map(({ id, outcome, result }) => `I4: query ${id} ended ${outcome}: ${result?.error?.message ?? ''}`)

function lostFlaws({ accepted }, jobs) {
  const stored = new Set(jobs.map(({ id }) => id))
  return accepted.filter(({ id }) => !stored.has(id)).map(({ id }) => `I1: job ${id} was accepted and is gone`)
}

/** Also looks for what must be there, so that a scan of nothing does not pass. */
async function secretFlaws(world) {
  const texts = await world.everythingWritten()
  const flaws = texts
    .filter((text) => text.includes(canary))
    .map((text) => `I8: a secret is written: ${excerpt(text, text.indexOf(canary))}`)
  const id = world.accepted[0]?.id ?? ''
  if (texts.filter((text) => text.includes(id)).length < 2) flaws.push('I8: the scan does not see what is written')
  return flaws
}

const excerpt = (text, at) => text.slice(Math.max(0, at - 60), at + 20).replaceAll(/\s+/g, ' ')

function countEnds(jobs) {
  const ends = {}
  for (const { status, outcome } of jobs) ends[`${status}/${outcome}`] = (ends[`${status}/${outcome}`] ?? 0) + 1
  return ends
}
