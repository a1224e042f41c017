import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { completeConfig, loadConfig } from '@netpulse/config'
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
    ...(await flawsOfDefaults()),
    ...variableFlaws(),
  ]
  const passed = pages.filter(isHere).reduce((sum, { count }) => sum + count, 0)
  const skipped = pages.filter((page) => !isHere(page)).map(({ name }) => `${name}.md is made on Linux`)
  return { passed: failures.length === 0 ? passed : 0, failures, skipped }
}

const yamlIn = (page) => [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text)

/** The configuration that a text of YAML is. */
async function configOf(text) {
  const folder = mkdtempSync(join(tmpdir(), 'netpulse-configuration-'))
  try {
    const file = join(folder, 'netpulse.yaml')
    writeFileSync(file, text)
    return await loadConfig({ file })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The YAML of the page is a configuration. */
async function flawsOfExamples(page) {
  const flaws = []
  for (const text of yamlIn(page))
    await configOf(text).catch((error) => flaws.push(`configuration.md, an example: ${error.message}`))
  return flaws
}

/** The server's README shows a file with the defaults. */
async function flawsOfDefaults() {
  const [text] = yamlIn(readFileSync(join(root, 'apps/server/README.md'), 'utf8'))
  const shown = await configOf(text).catch((error) => error.message)
  if (isDeepStrictEqual(shown, completeConfig({}))) return []
  return [
    `apps/server/README.md: its YAML is not the configuration with all defaults ${typeof shown === 'string' ? shown : ''}`,
  ]
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
