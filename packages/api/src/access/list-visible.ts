import type { JobRecord } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { JobFilter, Page, PageRequest } from '@netpulse/queue'
import type { Principal } from '../principal.js'
import { seesAllJobs, seesJob } from './job-access.js'

/** Jobs that one request looks at when few of them are the caller's: more are left to the next page. */
const mostLooks = 10_000
const looksAtOnce = 500

type Source = Pick<NetPulse, 'list'>

/** The first jobs of a page that the key sees, at most `limit`, with the cursor behind the last one looked at. */
async function visiblePart(
  source: Source,
  filter: JobFilter,
  request: PageRequest & { readonly most: number },
  sees: (job: JobRecord) => boolean,
): Promise<Page<JobRecord>> {
  const { most, ...wanted } = request
  const page = await source.list(filter, wanted)
  const visible = page.items.filter(sees)
  if (visible.length <= most) return { ...page, items: visible }
  // The page again, to where it has enough: only a page's end has a cursor.
  const enough = page.items.indexOf(visible[most - 1]!) + 1
  return visiblePart(source, filter, { ...request, limit: enough }, sees)
}

/**
 * A page of the jobs that the key may read, newest first. Jobs of others are passed over, and never counted. A page may
 * be short, also empty, and have a cursor: a rare job is then further on.
 */
export async function listVisible(
  source: Source,
  filter: JobFilter,
  page: PageRequest,
  principal: Principal,
): Promise<Page<JobRecord>> {
  if (seesAllJobs(principal)) return source.list(filter, page)
  const sees = (job: JobRecord): boolean => seesJob(principal, job)
  const items: JobRecord[] = []
  let { cursor } = page
  for (let looks = 0; looks < mostLooks; looks += looksAtOnce) {
    const most = page.limit - items.length
    const part = await visiblePart(
      source,
      filter,
      { limit: looksAtOnce, most, ...(cursor === undefined ? {} : { cursor }) },
      sees,
    )
    items.push(...part.items)
    cursor = part.nextCursor
    if (cursor === undefined) return { items }
    if (items.length >= page.limit) break
  }
  return { items, ...(cursor === undefined ? {} : { nextCursor: cursor }) }
}
