import { unlessStruck } from './work.mjs'

const finals = ['finished', 'failed', 'canceled', 'stopped', 'expired']
export const isFinal = ({ status }) => finals.includes(status)

/** What waits behind a change of unknown outcome gets this long after its release. */
const afterReleaseSeconds = 30

/**
 * Waits until every job has ended, as the observing controller tells: what was accepted, and then what was stored and not
 * acknowledged any more. What is held back is looked at and only then released: it has to wait before, and to run after.
 * @returns {Promise<{ ended: Map<string, number>, held: object[], unended: string[] }>} `ended`: instants in ms of the jobs
 * that were not held back; `held`: jobs as they were at the release
 */
export async function settle(world, { limitSeconds }) {
  const limit = AbortSignal.timeout((limitSeconds + afterReleaseSeconds) * 1000)
  const ended = new Map()
  const held = []
  const left = new Set(world.accepted)
  while (!limit.aborted) {
    if (left.size === 0) for (const job of await stored(world)) left.add(job)
    if (left.size === 0) break
    await Promise.all([...left].slice(0, 100).map((job) => waitFor(world, job, { ended, left, limit })))
    const waiting = await heldBack(world, left)
    if (waiting === undefined) continue
    for (const { job, record } of waiting) held.push({ ...record, wish: job })
    const devices = new Set(waiting.map(({ job }) => job.device.name))
    for (const device of devices) await unlessStruck(world.observer.call('DELETE', `/devices/${device}/hold`))
  }
  for (const { id } of held) ended.delete(id)
  return { ended, held, unended: [...left].map(({ id }) => id) }
}

/** Jobs that have not ended, whoever knows of them. */
async function stored({ observer, devices }) {
  const byName = new Map(devices.map((device) => [device.name, device]))
  const jobs = []
  for (const status of ['queued', 'started'])
    jobs.push(...((await unlessStruck(observer.get(`/jobs?status=${status}&limit=1000`))) ?? []))
  return jobs.map(({ id, device }) => ({ id, device: byName.get(device) }))
}

/** One look at a job, which waits a little for its end. */
async function waitFor({ observer }, job, { ended, left }) {
  const answer = await unlessStruck(observer.call('GET', `/jobs/${job.id}?wait=1`))
  if (answer?.status === 404) throw new Error(`I1: job ${job.id} was accepted and is gone`)
  if (answer?.status !== 200 || !isFinal(answer.json)) return
  ended.set(job.id, Date.now())
  left.delete(job)
}

/** The jobs that are left when all of them wait behind a hold; `undefined` when any of them can still run. */
async function heldBack({ observer }, left) {
  if (left.size === 0) return undefined
  const holds = await unlessStruck(observer.call('GET', '/devices/holds'))
  if (holds?.status !== 200) return undefined
  const names = new Set(holds.json.map(({ device }) => device))
  if (![...left].every(({ device }) => names.has(device.name))) return undefined
  const waiting = []
  for (const job of left) {
    const { json } = await observer.call('GET', `/jobs/${job.id}`)
    if (json.kind === 'query' || isFinal(json) || json.status === 'started') return undefined
    waiting.push({ job, record: json, counts: job.device.stats.configLineCounts() })
  }
  return waiting
}
