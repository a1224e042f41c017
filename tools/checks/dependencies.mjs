import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/prepare.mjs'
import { workspaces } from './workspace.mjs'

/** Every dependency has its line in docs/dependencies.md, and every line there its dependency. */
export function checkDependencies() {
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
  const rows = page.split('\n').filter((line) => /^\| (?!dependency|-)/.test(line))
  const documented = new Set(
    rows.flatMap((row) =>
      row
        .split('|')[1]
        .split(',')
        .map((name) => name.trim()),
    ),
  )
  const manifests = [
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
    ...workspaces().map(({ manifest }) => manifest),
  ]
  const used = new Set(
    manifests
      .flatMap(({ dependencies, devDependencies, peerDependencies }) =>
        Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }),
      )
      .filter((name) => !name.startsWith('@netpulse/')),
  )
  const failures = [
    ...[...used].filter((name) => !documented.has(name)).map((name) => `docs/dependencies.md has no line for ${name}`),
    ...[...documented]
      .filter((name) => !used.has(name))
      .map((name) => `docs/dependencies.md has ${name}, which nothing uses`),
  ]
  return { passed: [...used].filter((name) => documented.has(name)).length, failures }
}
