import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { transform } from 'esbuild'
import { root } from '../setup/prepare.mjs'
import { redisSource, startRedis } from '../test/redis-server.mjs'
import { publishable } from './workspace.mjs'

const limitMs = 30_000

/** The runnable examples of a document: its ```ts fences. */
export const examplesIn = (text) => [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code)

/** Runs every example of the README files as a user who pasted it would; Redis is there for those that name it. */
export async function checkExamples() {
  let passed = 0
  const skipped = []
  const failures = []
  const redis = await openRedis()
  for (const folder of [root, ...publishable().map((workspace) => workspace.folder)]) {
    const readme = join(folder, 'README.md')
    if (!existsSync(readme)) continue
    for (const code of examplesIn(readFileSync(readme, 'utf8'))) {
      if (code.includes('REDIS_URL') && redis.url === undefined) {
        skipped.push(`${relative(root, readme)}: ${redis.reason}`)
        continue
      }
      const flaw = await runExample(folder, code, redis.url === undefined ? {} : { REDIS_URL: redis.url })
      if (flaw === undefined) passed++
      else failures.push(`${relative(root, readme)}: ${flaw}`)
    }
  }
  await redis.stop()
  return { passed, failures, skipped }
}

async function openRedis() {
  const source = redisSource()
  const stop = async () => undefined
  if (source.kind === 'url') return { url: source.url, stop }
  if (source.kind === 'none') return { reason: source.reason, stop }
  const server = await startRedis()
  return { url: server.url, stop: () => server.stop() }
}

/** Inside the package's folder, so that its own dependencies resolve; below `dist`, so that nobody commits it. */
async function runExample(folder, code, env) {
  const place = join(folder, 'dist', 'example')
  mkdirSync(place, { recursive: true })
  const file = join(place, 'example.mjs')
  writeFileSync(file, (await transform(code, { loader: 'ts', format: 'esm', target: 'node20' })).code)
  const child = spawn(process.execPath, [file], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
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
