import { commandCheck } from './command.mjs'
import { checkDependencies } from './dependencies.mjs'
import { checkErrorsPage } from './errors-page.mjs'
import { checkExamples } from './examples.mjs'
import { checkLayout } from './layout.mjs'
import { checkLinks } from './links.mjs'
import { checkOpenApi } from './openapi.mjs'
import { checkPackages } from './packages.mjs'
import { checkReferencePages } from './reference-pages.mjs'
import { checkTrackedText } from './tracked-text.mjs'
import { runFaults, runTests } from './vitest.mjs'

const everywhere = ['all', 'static']

/** Everything that is checked, cheapest first. */
export const checks = [
  { name: 'repository layout', extents: everywhere, run: checkLayout },
  { name: 'documented dependencies', extents: everywhere, run: checkDependencies },
  { name: 'no machine paths, no registry hosts', extents: everywhere, run: checkTrackedText },
  { name: 'links of the documents', extents: everywhere, run: checkLinks },
  { name: 'format', extents: everywhere, run: commandCheck('prettier', ['--check', '.', '--log-level', 'warn']) },
  {
    name: 'lint',
    extents: everywhere,
    run: commandCheck('eslint', ['-c', 'tools/lint/eslint.config.js', '--max-warnings', '0', '.']),
  },
  { name: 'types of tests', extents: everywhere, run: commandCheck('tsc', ['-p', 'tools/test/tsconfig.json']) },
  { name: 'unused code', extents: everywhere, run: commandCheck('knip', ['--config', 'tools/checks/knip.json']) },
  { name: 'packages as published', extents: everywhere, run: checkPackages },
  { name: 'error reference', extents: everywhere, run: checkErrorsPage },
  { name: 'OpenAPI document', extents: everywhere, run: checkOpenApi },
  { name: 'reference pages', extents: everywhere, run: checkReferencePages },
  { name: 'examples of the documents', extents: ['all'], run: checkExamples },
  { name: 'tests', extents: everywhere, run: runTests },
  { name: 'faults', extents: ['all'], run: runFaults },
]
