import { checks } from './checks.mjs'

/** What a check answers: how many things held, which did not, and what was not looked at. */
const empty = { passed: 0, failures: [], skipped: [] }

/** Runs the checks one after the other, shows what failed, and prints the count as the last line. */
export async function runChecks(extent) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const check of checks.filter(({ extents }) => extents.includes(extent))) {
    const startedAt = performance.now()
    const { passed, failures, skipped } = { ...empty, ...(await settled(check, extent)) }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${failures.length === 0 ? 'ok    ' : 'FAILED'} ${check.name} (${passed} passed, ${seconds} s)`)
    for (const failure of failures) console.log(`  - ${failure}`)
    for (const reason of skipped) console.log(`  skipped: ${reason}`)
    total.passed += passed
    total.failed += failures.length
    total.skipped += skipped.length
  }
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
  process.exit(total.failed === 0 ? 0 : 1)
}

async function settled(check, extent) {
  try {
    return await check.run(extent)
  } catch (error) {
    return { failures: [error.stack ?? String(error)] }
  }
}
