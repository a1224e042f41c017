import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from '../setup/prepare.mjs'
import { runCommand } from './command.mjs'

/** Kills processes and measures how soon others take over: it has the machine for itself. */
const faults = 'apps/server-e2e/test/integration/faults.test.ts'

/** All tests but the faults; `static` leaves out those that start servers. Skipped ones are named, with a reason in their output. */
export const runTests = (extent) =>
  runVitest(['--exclude', faults, ...(extent === 'static' ? ['--exclude', '**/test/integration/**'] : [])])

export const runFaults = () => runVitest([faults])

async function runVitest(selection) {
  const folder = mkdtempSync(join(tmpdir(), 'netpulse-vitest-'))
  const file = join(folder, 'report.json')
  const { code, output } = await runCommand('vitest', [
    'run',
    ...['--config', 'tools/test/vitest.config.ts', '--reporter', 'default', '--reporter', 'json', '--outputFile', file],
    ...selection,
  ])
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { failures: [`vitest did not report\n${output}`] }
  } finally {
    rmSync(folder, { recursive: true })
  }
  for (const reason of new Set(output.match(/^.*tests? skipped:.*$/gim))) console.log(`  ${reason.trim()}`)
  const summary = summaryOf(report)
  // An error outside of every test, such as a rejection that nobody handled, is in no report.
  if (code !== 0 && summary.failures.length === 0) summary.failures.push(`vitest ended with ${code}\n${output}`)
  return summary
}

function summaryOf(report) {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(root, file.name) })),
  )
  const title = (test) => `${test.file}: ${test.fullName}`
  const failures = tests
    .filter(({ status }) => status === 'failed')
    .map((test) => `${title(test)}\n${test.failureMessages.join('\n')}`)
  // A file that cannot be read has no tests, and still failed.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  )
  failures.push(...broken.map(({ name, message }) => `${relative(root, name)}: ${message}`))
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failures,
    skipped: tests.filter(({ status }) => ['skipped', 'pending', 'todo'].includes(status)).map(title),
  }
}
