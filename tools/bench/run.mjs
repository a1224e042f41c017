// npm run bench -- [latency] [throughput] [memory] [connect] [placement]   (all when none is named)
// Each benchmark runs in a process of its own and prints one line of JSON per measurement.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const all = ['latency', 'throughput', 'memory', 'connect', 'placement']
const named = process.argv.slice(2)
const unknown = named.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(', ')}; known: ${all.join(', ')}`)
  process.exit(2)
}
console.log(JSON.stringify({ node: process.version, cores: cpus().length, cpu: cpus()[0]?.model }))
for (const name of named.length > 0 ? named : all) {
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', script], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exitCode = 1
}
