import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/prepare.mjs'
import { examplesIn } from './examples.mjs'
import { publishable, workspaces } from './workspace.mjs'

const topLevel = new Set([
  ...['nx.json', 'package.json', 'package-lock.json', 'tsconfig.base.json', 'packages', 'apps', 'tools', 'docs'],
  ...['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md'],
])

/** The top level holds what it should and nothing else; every package can be read, published and tried. */
export function checkLayout() {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  const found = new Set(tracked.map((file) => file.split('/')[0]).filter((name) => !name.startsWith('.')))
  const failures = [
    ...[...found].filter((name) => !topLevel.has(name)).map((name) => `${name} does not belong at the top level`),
    ...[...topLevel].filter((name) => !found.has(name)).map((name) => `${name} is missing at the top level`),
  ]
  for (const { folder, manifest } of workspaces()) {
    if (!existsSync(join(folder, 'README.md'))) failures.push(`${manifest.name} has no README.md`)
  }
  for (const { folder, manifest } of publishable()) failures.push(...flawsOf(folder, manifest))
  return { passed: failures.length === 0 ? topLevel.size + workspaces().length : 0, failures }
}

function flawsOf(folder, manifest) {
  const flaws = [...fieldFlaws(manifest), ...exportFlaws(manifest.exports ?? {})]
  const readme = join(folder, 'README.md')
  if (existsSync(readme) && examplesIn(readFileSync(readme, 'utf8')).length !== 1)
    flaws.push('README.md needs exactly one runnable example (a ```ts fence)')
  return flaws.map((flaw) => `${manifest.name}: ${flaw}`)
}

function fieldFlaws({ license, type, engines }) {
  const expected = { license: 'MIT', type: 'module', node: '>=20.19.0' }
  return Object.entries({ license, type, node: engines?.node })
    .filter(([key, value]) => value !== expected[key])
    .map(([key]) => `${key} must be ${expected[key]}`)
}

function exportFlaws(exports) {
  if (exports['.'] === undefined) return ['exports has no "."']
  return Object.entries(exports)
    .filter(([entry]) => entry !== './package.json')
    .flatMap(([entry, target]) => [
      ...(['.', './testing', './plugin'].includes(entry) ? [] : [`${entry} is a deep export`]),
      ...(target.types && target.default ? [] : [`${entry} needs types and default`]),
    ])
}
