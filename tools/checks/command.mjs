import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../setup/prepare.mjs'

/** Runs a program of `node_modules/.bin` and collects what it prints. */
export async function runCommand(program, args, { cwd = root, env = {} } = {}) {
  const child = spawn(join(root, 'node_modules/.bin', program), args, {
    cwd,
    env: { ...process.env, NX_DAEMON: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const [code] = await once(child, 'close')
  return { code, output: output.trim() }
}

/** A check that holds when the program ends with 0. */
export const commandCheck = (program, args) => async () => {
  const { code, output } = await runCommand(program, args)
  return code === 0 ? { passed: 1 } : { failures: [`${program} ${args.join(' ')}\n${output}`] }
}
