import { describe, it } from 'vitest'
import { openBench } from './bench.js'
import { configChecks } from './config-checks.js'
import type { DriverCheck } from './driver-check.js'
import type { DriverUnderTest } from './driver-under-test.js'
import { fileChecks } from './file-checks.js'
import { manifestChecks } from './manifest-checks.js'
import { sessionChecks } from './session-checks.js'
import { taskChecks } from './task-checks.js'

/** Every promise of the driver interface. */
export const driverChecks: readonly DriverCheck[] = [
  ...manifestChecks,
  ...sessionChecks,
  ...configChecks,
  ...fileChecks,
  ...taskChecks,
]

/** Several calls, each with its own limit. */
const checkLimitMs = 60_000

/** Runs one check on a fresh device. @throws when the driver breaks the promise */
export async function runDriverCheck(under: DriverUnderTest, check: DriverCheck): Promise<void> {
  const bench = await openBench(under)
  try {
    await check.run(bench)
  } finally {
    await bench.end()
  }
}

/**
 * The conformance kit: one test per promise, inside vitest. Abilities that are not declared are printed as skipped, and
 * a session that has them all the same fails.
 */
export function driverContract(under: DriverUnderTest): void {
  describe(`driver ${under.name}`, () => {
    for (const check of driverChecks) {
      const missing = check.needs !== undefined && under.declares[check.needs] !== true
      const title = missing ? `${check.name} (not declared: ${check.needs})` : check.name
      it.skipIf(missing)(title, { timeout: checkLimitMs }, () => runDriverCheck(under, check))
    }
  })
}
