import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** A folder that goes when the test ends. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'np-server-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

interface ProcessOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** The built program as a child process, its output collected. */
export function runProgram(args: readonly string[], { cwd, env = {} }: ProcessOptions) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], NETPULSE_LOG__LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    ...output,
  }))
  return {
    child,
    output,
    ended,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended
    },
  }
}

/** Starts the server on a free port and waits for its greeting. */
export async function startProgram(args: readonly string[], options: ProcessOptions) {
  const program = runProgram(['--port', '0', ...args], options)
  const { child, output } = program
  const greeted = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (/^curl .*\n/m.test(output.stdout)) resolve()
    })
    void program.ended.then(({ code }) => reject(new Error(`the server ended with ${code}: ${output.stderr}`)))
  })
  await greeted
  const found = (pattern: RegExp): string => pattern.exec(output.stdout)?.[1] ?? ''
  const url = found(/(http:\/\/\S+?:\d+)/)
  const key = found(/(np_[\w-]+)/)
  const request = async (method: string, path: string, body?: unknown, withKey = key) => {
    const answer = await fetch(url + path, {
      method,
      headers: { 'x-api-key': withKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
  }
  return { ...program, url, key, curl: found(/^(curl .*)$/m), request }
}
