import { Agent, request } from 'node:http'

/** A JSON client of one controller. Throws on an answer that is not a success. */
export function clientOf({ url, key }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const call = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = { 'x-api-key': key, ...(text === undefined ? {} : { 'content-type': 'application/json' }) }
      const sent = request(url + path, { agent, method, headers }, (answer) => {
        const chunks = []
        answer.on('data', (chunk) => chunks.push(chunk))
        answer.on('end', () => {
          const json = JSON.parse(Buffer.concat(chunks).toString())
          if (answer.statusCode < 300) resolve(json)
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${JSON.stringify(json)}`))
        })
      })
      sent.on('error', reject)
      sent.end(text)
    })
  return {
    post: (path, body) => call('POST', path, body),
    get: (path) => call('GET', path),
    close: () => agent.destroy(),
  }
}

/** A job for each of the devices, which are given as `connection_args`; resolves when all were accepted. */
export async function bulk(client, devices, { queue_strategy = 'pinned' } = {}) {
  const body = { driver: 'cli', connection_args: {}, devices, command: 'show clock', queue_strategy, ttl: 600 }
  const { succeeded, failed } = await client.post('/device/bulk', body)
  if (failed.length > 0) throw new Error(`${failed.length} refused, such as ${JSON.stringify(failed[0])}`)
  return succeeded
}

export async function allEnded(client, jobs) {
  for (const { id } of jobs) {
    let job = await client.get(`/jobs/${id}?wait=60`)
    while (job.status === 'queued' || job.status === 'started') job = await client.get(`/jobs/${id}?wait=60`)
    if (job.status !== 'finished') throw new Error(`job ${id} ended ${job.status}: ${JSON.stringify(job.result)}`)
  }
}
