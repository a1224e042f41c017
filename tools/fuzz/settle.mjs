const waiting = ['queued', 'started', 'deferred', 'scheduled']

/** Longest time that a job of a run may need once nothing more is sent. */
const longestMs = 60_000

async function openJobs(server) {
  const { json } = await server.call('GET', `/jobs?limit=1000&status=${waiting.join()}`)
  return json
}

/** What waits behind a device that nobody looked at goes on. */
async function releaseHolds(server) {
  const { json } = await server.call('GET', '/devices/holds')
  for (const { device } of json) await server.call('DELETE', `/devices/${encodeURIComponent(device)}/hold`)
}

/** Waits for the end of every job. Answers with what did not end, in words, and how many ended how. */
export async function settle(server) {
  const until = Date.now() + longestMs
  let open = await openJobs(server)
  while (open.length > 0 && Date.now() < until) {
    await releaseHolds(server)
    // Canceled, so that a retry does not wait for its time; a wait is an event, not a look now and then.
    for (const { id } of open) await server.call('DELETE', `/jobs/${id}`)
    for (const { id } of open) await server.call('GET', `/jobs/${id}?wait=10`)
    open = await openJobs(server)
  }
  const { json: stats } = await server.call('GET', '/system/stats')
  const violations = open.map(({ id, status }) => `job ${id} did not end: ${status}`)
  return { violations, jobs: stats.jobs }
}
