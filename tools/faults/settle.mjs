import { unlessStruck } from './calls.mjs'

const finals = ['finished', 'failed', 'canceled', 'stopped', 'expired']
export const isFinal = ({ status }) => finals.includes(status)

/** What waits behind a change of unknown outcome gets this long after its release. */
const afterReleaseSeconds = 120
const atOnce = 100

/**
 * Waits until every job has ended, as the observing controller tells: what was accepted, and what was stored and not
 * acknowledged any more. What is held back is looked at and only then released: it has to wait before, and to run after.
 * @returns {Promise<{ ended: Map<string, number>, held: object[] }>} `ended`: instants in ms of the jobs that were not held
 * back; `held`: jobs as they were at the release
 */
export async function settle(world, { limitSeconds }) {
  const limit = AbortSignal.timeout((limitSeconds + afterReleaseSeconds) * 1000)
  const ended = new Map()
  const held = []
  const left = new Set(world.accepted.map(({ id }) => id))
  while (!limit.aborted) {
    const unended = await storedUnended(world)
    for (const { id } of unended) left.add(id)
    await lookAt(
      world,
      [...left].filter((id) => !unended.some((job) => job.id === id)),
      { ended, left },
    )
    if (left.size === 0) break
    held.push(...(await releaseHeld(world, unended)))
    await nextEnd(world, unended)
  }
  for (const { id } of held) ended.delete(id)
  return { ended, held }
}

/** Jobs that wait or run, whoever knows of them. */
async function storedUnended({ observer }) {
  const pages = []
  for (const status of ['queued', 'started'])
    pages.push((await unlessStruck(observer.get(`/jobs?status=${status}&limit=1000`))) ?? [])
  return pages.flat()
}

/** Notes which of these jobs have ended. */
async function lookAt({ observer }, ids, { ended, left }) {
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce)
    const answers = await Promise.all(some.map((id) => unlessStruck(observer.call('GET', `/jobs/${id}`))))
    for (const [index, answer] of answers.entries()) {
      if (answer?.status === 404) throw new Error(`I1: job ${some[index]} was accepted and is gone`)
      if (answer?.status !== 200 || !isFinal(answer.json)) continue
      ended.set(some[index], Date.now())
      left.delete(some[index])
    }
  }
}

/** Resolves when one of the jobs ends, within a second. */
async function nextEnd({ observer }, unended) {
  const waits = unended.slice(0, atOnce).map(({ id }) => unlessStruck(observer.call('GET', `/jobs/${id}?wait=1`)))
  await (waits.length === 0 ? new Promise((resolve) => setTimeout(resolve, 100)) : Promise.race(waits))
}

/** Lets what is held back run, once nothing else is left. Answers with the jobs that were held. */
async function releaseHeld(world, unended) {
  const names = await world.held()
  const isHeld = ({ kind, status, device }) => kind !== 'query' && status === 'queued' && names.includes(device)
  if (unended.length === 0 || !unended.every(isHeld)) return []
  await world.release(names)
  return unended
}
