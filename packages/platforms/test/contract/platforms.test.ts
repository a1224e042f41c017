import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadPlatforms } from '@netpulse/platforms'
import { loadSession, platformContract, readPlatformTable } from '@netpulse/platforms/testing'
import { describe, expect, it } from 'vitest'

const tablePath = (name: string): string => fileURLToPath(new URL(`../fixtures/tables/${name}.yaml`, import.meta.url))

const catalog = loadPlatforms()

for (const { name } of catalog.list()) {
  describe(`platform ${name}`, () => {
    const checks = platformContract({
      platform: catalog.get(name),
      table: readPlatformTable(tablePath(name)),
      session: loadSession(name),
    })
    for (const check of checks) it(check.name, check.run)
  })
}

it('no table is left without its platform', () => {
  const tables = readdirSync(fileURLToPath(new URL('../fixtures/tables', import.meta.url)))
  expect(tables.sort()).toEqual(catalog.list().map(({ name }) => `${name}.yaml`))
})
