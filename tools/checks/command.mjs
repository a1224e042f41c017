import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../setup/prepare.mjs'

/** Runs a program and collects what it prints. A `timeout` in milliseconds ends it. */
export async function runProgram(file, args, { cwd = root, env = {}, timeout } = {}) {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, NX_DAEMON: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  return { code, output: output.trim() }
}

/** The same for a program of `node_modules/.bin`. */
export const runCommand = (program, args, options) =>
  runProgram(join(root, 'node_modules/.bin', program), args, options)

/** A check that holds when the program ends with 0. */
export const commandCheck = (program, args) => async () => {
  const { code, output } = await runCommand(program, args)
  return code === 0 ? { passed: 1 } : { failures: [`${program} ${args.join(' ')}\n${output}`] }
}
