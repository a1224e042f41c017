import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** What a run of the program left behind. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly cwd?: string
}

/** The built program as a child process; nothing of this machine's settings reaches it. */
export function startNetpulse(args: readonly string[], { env = {}, cwd = tmpdir() }: RunOptions = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: 'pipe',
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const ended = once(child, 'close').then(([code]): Ran => ({ code: code as number | null, ...output }))
  return { child, output, ended }
}

export async function runNetpulse(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { child, ended } = startNetpulse(args, options)
  child.stdin.on('error', () => undefined) // a program that refused its flags reads nothing
  child.stdin.end(options.stdin ?? '')
  return ended
}

/** A folder that goes when the test ends; `write` answers with the path. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'np-cli-'))
  return {
    path,
    async write(name: string, text: string, mode = 0o600) {
      await writeFile(join(path, name), text, { mode })
      return join(path, name)
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
