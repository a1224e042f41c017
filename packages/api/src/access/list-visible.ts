import type { JobRecord } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { JobFilter, Page, PageRequest, TaskFilter, TaskRecord } from '@netpulse/queue'
import type { Principal } from '../principal.js'
import { seesAllJobs, seesJob, seesTask } from './job-access.js'

/** Items that one request looks at when few of them are the caller's: more are left to the next page. */
const mostLooks = 10_000
const looksAtOnce = 500

interface Source<Item> {
  list(page: PageRequest): Promise<Page<Item>>
  readonly sees: (item: Item) => boolean
}

/** The first items of a page that the key sees, at most `most`, with the cursor behind the last one looked at. */
async function visiblePart<Item>(
  source: Source<Item>,
  request: PageRequest & { readonly most: number },
): Promise<Page<Item>> {
  const { most, ...wanted } = request
  const page = await source.list(wanted)
  const visible = page.items.filter(source.sees)
  if (visible.length <= most) return { ...page, items: visible }
  // The page again, to where it has enough: only a page's end has a cursor.
  const enough = page.items.indexOf(visible[most - 1]!) + 1
  return visiblePart(source, { ...request, limit: enough })
}

async function visibleItems<Item>(source: Source<Item>, page: PageRequest): Promise<Page<Item>> {
  const items: Item[] = []
  let { cursor } = page
  for (let looks = 0; looks < mostLooks; looks += looksAtOnce) {
    const most = page.limit - items.length
    const from = cursor === undefined ? {} : { cursor }
    const part = await visiblePart(source, { limit: looksAtOnce, most, ...from })
    items.push(...part.items)
    cursor = part.nextCursor
    if (cursor === undefined) return { items }
    if (items.length >= page.limit) break
  }
  return { items, ...(cursor === undefined ? {} : { nextCursor: cursor }) }
}

/**
 * A page of the jobs that the key may read, newest first. Jobs of others are passed over, and never counted. A page may
 * be short, also empty, and have a cursor: a rare job is then further on.
 */
export async function listVisible(
  netpulse: Pick<NetPulse, 'list'>,
  filter: JobFilter,
  page: PageRequest,
  principal: Principal,
): Promise<Page<JobRecord>> {
  const list = (wanted: PageRequest): Promise<Page<JobRecord>> => netpulse.list(filter, wanted)
  if (seesAllJobs(principal)) return list(page)
  return visibleItems({ list, sees: (job) => seesJob(principal, job) }, page)
}

/** The same of tasks. */
export async function listVisibleTasks(
  { tasks }: Pick<NetPulse, 'tasks'>,
  filter: TaskFilter,
  page: PageRequest,
  principal: Principal,
): Promise<Page<TaskRecord>> {
  const list = (wanted: PageRequest): Promise<Page<TaskRecord>> => tasks.list(filter, wanted)
  if (seesAllJobs(principal)) return list(page)
  return visibleItems({ list, sees: (task) => seesTask(principal, task) }, page)
}
