import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { redisSource } from '../../../../tools/test/redis-server.mjs'
import { stepsOf } from '../support/guides/guide.js'
import { typeFlawsOf } from '../support/guides/program-types.js'
import { clone, runGuide } from '../support/guides/run-guide.js'

const folder = join(clone, 'docs/guides')
const guides = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')
const hasRedis = redisSource().kind === 'program'

describe('the guides', () => {
  it('use the packages as their types say', { timeout: 120_000 }, async () => {
    const steps = new Map(guides.map((guide) => [guide, stepsOf(readFileSync(join(folder, guide), 'utf8'))]))
    expect(await typeFlawsOf(steps)).toEqual([])
  })

  for (const guide of guides) {
    const text = readFileSync(join(folder, guide), 'utf8')
    const needsRedis = /^redis-server /m.test(text)

    it.skipIf(needsRedis && !hasRedis)(
      `${guide}: every snippet runs, and prints what is shown${needsRedis && !hasRedis ? ' (needs a redis-server)' : ''}`,
      { timeout: 200_000 },
      async () => {
        const steps = stepsOf(text)
        expect(steps.some(({ kind }) => kind === 'run')).toBe(true)
        expect(await runGuide(steps)).toEqual([])
      },
    )
  }
})
