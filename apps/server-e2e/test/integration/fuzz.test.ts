import { describe, expect, it } from 'vitest'
import type { FuzzReport } from '../../../../tools/fuzz/fuzz.mjs'
import { fuzz } from '../../../../tools/fuzz/fuzz.mjs'
import type { World } from '../../../../tools/fuzz/world.mjs'
import { startWorld } from '../../../../tools/fuzz/world.mjs'
import { redisSource } from '../../../../tools/test/redis-server.mjs'

/** Another one with each run; a violation is found again by `npm run test:fuzz -- --seed N`. */
const seed = Date.now() % 1_000_000

const operations = ['executeOnDevice', 'executeOnDevices', 'testConnection', 'listJobs', 'createKey', 'pinHostKey']

async function run(kind: 'embedded' | 'redis', requests: number): Promise<FuzzReport> {
  const world: World = await startWorld(kind)
  try {
    return await fuzz(world, { seed, requests })
  } finally {
    await world.stop()
  }
}

/** The requests came further than the check of their form: else the run says nothing. */
function assertTried({ valid, jobs, byStatus }: FuzzReport): void {
  for (const operation of operations) expect(valid[operation]?.taken, operation).toBeGreaterThan(0)
  const { sent, taken } = valid['executeOnDevice']!
  expect(taken).toBeGreaterThan(sent / 2)
  expect(jobs.succeeded).toBeGreaterThan(10)
  for (const status of ['400', '403', '404', '405', '409', '415', '422', '431'])
    expect(byStatus[status], status).toBeGreaterThan(0)
}

const limit = 300_000

describe(`requests made from the OpenAPI document, seed ${seed}`, () => {
  it('10,000 at one process: no bug, no hang, no leak, every answer as documented', { timeout: limit }, async () => {
    const report = await run('embedded', 10_000)
    expect(report.violations).toEqual([])
    assertTried(report)
  })

  it.skipIf(redisSource().kind !== 'program')(
    '2,000 at a controller with a worker on Redis: the same',
    { timeout: limit },
    async () => {
      const report = await run('redis', 2_000)
      expect(report.violations).toEqual([])
      assertTried(report)
    },
  )
})
