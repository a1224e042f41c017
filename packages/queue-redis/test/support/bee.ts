import type { Redis } from 'ioredis'
import { beeJobJson, beeKeys } from '../../src/bee/bee-job.js'

/** Brings a job id into a bee queue as our scripts do. */
export async function pushDelivery(client: Redis, prefix: string, queue: string, jobId: string): Promise<string> {
  const { jobs, waiting } = beeKeys(prefix, queue)
  const delivery = `${jobId}.1`
  const json = beeJobJson({ id: jobId }, Date.now())
  await client.multi().hset(jobs, delivery, json).lpush(waiting, delivery).exec()
  return delivery
}

/** What is in the keys of a bee queue. */
export async function beeState(client: Redis, prefix: string, queue: string) {
  const keys = beeKeys(prefix, queue)
  const [jobs, waiting, active, stalling] = await Promise.all([
    client.hkeys(keys.jobs),
    client.lrange(keys.waiting, 0, -1),
    client.lrange(keys.active, 0, -1),
    client.smembers(keys.stalling),
  ])
  return { jobs, waiting, active, stalling }
}

/** The connections of a Redis server by name, the asking one left out. */
export async function connectionNames(client: Redis): Promise<readonly string[]> {
  const list = String(await client.client('LIST'))
  const names = list.split('\n').map((line) => / name=(\S*)/.exec(line)?.[1] ?? '')
  return names.filter((name) => name !== '').map((name) => name.replace(/-[0-9a-f]{8}$/, ''))
}
