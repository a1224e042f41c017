import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup/prepare.mjs'
import { runCommand, runProgram } from './command.mjs'
import { packAll } from './packed.mjs'

/** Longest that an entry or a program of a package may take to load, in milliseconds. */
const limitMs = 30_000

/** Every publishable package, packed: it resolves with types, loads, and holds what belongs to it and nothing else. */
export async function checkPackages() {
  const place = mkdtempSync(join(tmpdir(), 'netpulse-packed-'))
  const results = []
  try {
    for (const packed of await packAll(place)) {
      for (const check of checks) {
        const { code, output } = await check(packed, place)
        results.push(code === 0 ? undefined : `${packed.manifest.name}: ${check.name} (${code})\n${output}`)
      }
    }
  } finally {
    rmSync(place, { recursive: true })
  }
  const failures = results.filter((flaw) => flaw !== undefined)
  return { passed: results.length - failures.length, failures }
}

const checks = [publint, attw, unwantedFiles, loads]

/** Among others: each file that `exports` and `bin` name is in the tarball. */
function publint({ tarball }) {
  return runCommand('publint', ['--strict', tarball])
}

function attw({ tarball }) {
  return runCommand('attw', [tarball, '--profile', 'esm-only'])
}

/** Sources, tests and notes of the build are not for consumers. */
function unwantedFiles({ files }) {
  const unwanted = files.filter((file) => /^(src|tests?)\/|\.(test|spec)\.|\.tsbuildinfo$/.test(file))
  return { code: unwanted.length, output: unwanted.join('\n') }
}

const importAll = `for (const entry of process.argv.slice(1))
  if (Object.keys(await import(entry)).length === 0) throw new Error(entry + ' exports nothing')`

const readPlatforms = `const catalog = (await import('@netpulse/platforms')).loadPlatforms()
for (const name of process.argv.slice(1)) catalog.get(name)`

/** Outside the repository, with the dependencies that the package declares. */
async function loads({ manifest, installed }, place) {
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
  const runs = [
    ['--input-type=module', '-e', importAll, ...entries.map((entry) => manifest.name + entry.slice(1))],
    ...Object.values(manifest.bin ?? {}).map((program) => [join(installed, program), '--help']),
    ...(manifest.name === '@netpulse/platforms'
      ? [['--input-type=module', '-e', readPlatforms, ...definedPlatforms()]]
      : []),
  ]
  for (const args of runs) {
    const result = await runProgram(process.execPath, args, { cwd: place, timeout: limitMs })
    if (result.code !== 0) return result
  }
  return { code: 0 }
}

const definedPlatforms = () =>
  readdirSync(join(root, 'packages/platforms/definitions')).map((file) => file.replace(/\.yaml$/, ''))
