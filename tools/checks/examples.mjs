import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { transform } from 'esbuild'
import { root } from '../setup/prepare.mjs'
import { publishable } from './workspace.mjs'

const limitMs = 30_000

/** The runnable examples of a document: its ```ts fences. */
export const examplesIn = (text) => [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code)

/** Runs every example of the README files as a user who pasted it would. */
export async function checkExamples() {
  let passed = 0
  const failures = []
  for (const folder of [root, ...publishable().map((workspace) => workspace.folder)]) {
    const readme = join(folder, 'README.md')
    if (!existsSync(readme)) continue
    for (const code of examplesIn(readFileSync(readme, 'utf8'))) {
      const flaw = await runExample(folder, code)
      if (flaw === undefined) passed++
      else failures.push(`${relative(root, readme)}: ${flaw}`)
    }
  }
  return { passed, failures }
}

/** Inside the package's folder, so that its own dependencies resolve; below `dist`, so that nobody commits it. */
async function runExample(folder, code) {
  const place = join(folder, 'dist', 'example')
  mkdirSync(place, { recursive: true })
  const file = join(place, 'example.mjs')
  writeFileSync(file, (await transform(code, { loader: 'ts', format: 'esm', target: 'node20' })).code)
  const child = spawn(process.execPath, [file], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
  const [exitCode, signal] = await once(child, 'close')
  clearTimeout(timer)
  rmSync(place, { recursive: true })
  if (folder === root) rmSync(join(root, 'dist'), { recursive: true, force: true })
  if (exitCode === 0) return undefined
  return `the example ended with ${signal === null ? exitCode : `${signal} after ${limitMs} ms`}\n${output}`
}
