import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@netpulse/config'
import { documentedVariables } from '../docs/environment.mjs'
import { referencePages } from '../docs/reference.mjs'
import { root } from '../setup/prepare.mjs'

/** Some metrics of the process are those of the operating system. */
const onlyOnLinux = new Set(['metrics'])

/** The generated pages of docs/reference say what the code says, and what they show can be used. */
export async function checkReferencePages() {
  const pages = await referencePages()
  const isHere = ({ name }) => process.platform === 'linux' || !onlyOnLinux.has(name)
  const drifted = pages
    .filter(isHere)
    .filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
  const configuration = pages.find(({ name }) => name === 'configuration')
  const failures = [
    ...drifted.map(({ name }) => `docs/reference/${name}.md is out of date: run node tools/docs/reference.mjs`),
    ...(await flawsOfExamples(configuration.text)),
    ...variableFlaws(),
  ]
  const passed = pages.filter(isHere).reduce((sum, { count }) => sum + count, 0)
  const skipped = pages.filter((page) => !isHere(page)).map(({ name }) => `${name}.md is made on Linux`)
  return { passed: failures.length === 0 ? passed : 0, failures, skipped }
}

/** The YAML of the page is a configuration. */
async function flawsOfExamples(page) {
  const folder = mkdtempSync(join(tmpdir(), 'netpulse-configuration-'))
  const flaws = []
  try {
    for (const [, text] of page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)) {
      const file = join(folder, 'netpulse.yaml')
      writeFileSync(file, text)
      await loadConfig({ file }).catch((error) => flaws.push(`configuration.md, an example: ${error.message}`))
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return flaws
}

/** Every variable that the code names is in a table of variables. */
function variableFlaws() {
  const sources = ['packages/*/src', 'apps/*/src'].map((place) => `:(glob)${place}/**/*.ts`)
  const text = execFileSync('git', ['grep', '-hoE', 'NETPULSE_[A-Z0-9_]+', '--', ...sources], {
    cwd: root,
    encoding: 'utf8',
  })
  const named = new Set(text.split('\n').filter(Boolean))
  const documented = documentedVariables()
  const prefixes = documented.filter((name) => name.includes('<')).map((name) => name.slice(0, name.indexOf('<')))
  const isDocumented = (name) => documented.includes(name) || prefixes.some((prefix) => name.startsWith(prefix))
  return [...named]
    .filter((name) => !isDocumented(name))
    .map((name) => `${name} is in the code, and in no table of variables (see tools/docs/environment.mjs)`)
}
