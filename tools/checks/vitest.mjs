import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from '../setup/prepare.mjs'
import { runCommand } from './command.mjs'

/** All tests; `static` leaves out those that start servers. Skipped ones are named, a reason is in their output. */
export async function runVitest(extent) {
  const folder = mkdtempSync(join(tmpdir(), 'netpulse-vitest-'))
  const file = join(folder, 'report.json')
  const exclude = extent === 'static' ? ['--exclude', '**/test/integration/**'] : []
  const { code, output } = await runCommand('vitest', [
    'run',
    ...['--config', 'tools/test/vitest.config.ts', '--reporter', 'default', '--reporter', 'json', '--outputFile', file],
    ...exclude,
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
