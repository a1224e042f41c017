import type { JobRecord } from '@netpulse/core'
import type { JobFilter, Page, PageRequest } from '@netpulse/queue'
import { assertPageLimit, cursorOf, keyOf } from '@netpulse/queue'
import type { Kernel } from './kernel.js'
import type { RecordFields } from './record-fields.js'
import { recordOf } from './record-fields.js'

/** Jobs that one script looks at: bounds how long Redis is held for a rare match, some 5 ms. */
const looksPerScript = 1000
/** Records that one script gives. */
const recordsPerScript = 100

interface Found {
  readonly order: number
  readonly id: string
}

/** A page of the jobs that fit, newest first. The cursor is an order of submit, so that newer jobs move nothing. */
export async function listJobs(
  kernel: Kernel,
  filter: JobFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<JobRecord>> {
  assertPageLimit(limit)
  const below = cursor === undefined ? '+inf' : String(keyOf(cursor))
  const found = await findJobs(kernel, filter, below, limit + 1)
  const page = found.slice(0, limit)
  const items = await recordsOf(kernel, page)
  return found.length > limit ? { items, nextCursor: cursorOf(page.at(-1)!.order) } : { items }
}

/** Each status has an index of its own: of several, the newest of all. */
async function findJobs(kernel: Kernel, filter: JobFilter, below: string, limit: number): Promise<readonly Found[]> {
  const indexes = indexesOf(filter)
  const { status } = filter
  if (indexes.length > 0 || status === undefined || status.length === 1) {
    const own = status?.length === 1 ? [`x:s:${status[0]}`] : []
    return walk(kernel, { indexes: [...indexes, ...own, 'x:a'], filter, below, limit })
  }
  const each = await Promise.all(status.map((one) => walk(kernel, { indexes: [`x:s:${one}`], filter, below, limit })))
  return each
    .flat()
    .sort((a, b) => b.order - a.order)
    .slice(0, limit)
}

interface Walk {
  readonly indexes: readonly string[]
  readonly filter: JobFilter
  readonly below: string
  readonly limit: number
}

async function walk(kernel: Kernel, { indexes, filter, below, limit }: Walk): Promise<readonly Found[]> {
  const text = filterText(filter)
  const found: Found[] = []
  for (let from = below; found.length < limit;) {
    const answer = await kernel.run('list', from, looksPerScript, limit - found.length, text, ...indexes)
    const [next, ...pairs] = answer as readonly string[]
    for (let at = 0; at < pairs.length; at += 2) found.push({ order: Number(pairs[at]), id: pairs[at + 1]! })
    if (next === '0') break
    from = next!
  }
  return found
}

/** Names of the indexes of which any has all jobs that fit. */
function indexesOf({ tag, deviceId, host, node, driver, queue }: JobFilter): readonly string[] {
  return [
    tag === undefined ? [] : [`x:t:${tag}`],
    deviceId === undefined ? [] : [`x:d:${deviceId}`],
    host === undefined ? [] : [`x:h:${host}`],
    node === undefined ? [] : [`x:n:${node}`],
    driver === undefined ? [] : [`x:v:${driver}`],
    queue === undefined ? [] : [indexOfQueue(queue)],
  ].flat()
}

const hostQueue = 'HostQ_'

const indexOfQueue = (queue: string): string =>
  queue.startsWith(hostQueue) ? `x:h:${queue.slice(hostQueue.length)}` : `x:q:${queue}`

function filterText({ status, tag, deviceId, host, node, driver, queue, since, until }: JobFilter): string {
  return JSON.stringify({
    // An empty list would be an object in Lua.
    status: status === undefined || status.length === 0 ? undefined : status,
    tag,
    device: deviceId,
    host,
    node,
    driver,
    lane: queue === undefined ? undefined : queue.startsWith(hostQueue) ? 'device' : 'work',
    since: since?.getTime(),
    before: until?.getTime(),
  })
}

async function recordsOf(kernel: Kernel, found: readonly Found[]): Promise<readonly JobRecord[]> {
  const records: JobRecord[] = []
  for (let from = 0; from < found.length; from += recordsPerScript) {
    const ids = found.slice(from, from + recordsPerScript).map(({ id }) => id)
    const fields = (await kernel.run('find', ...ids)) as readonly (RecordFields | null)[]
    records.push(...fields.flatMap((one) => (one === null ? [] : [recordOf(one)])))
  }
  return records
}
