import { Readable, Writable } from 'node:stream'
import { run } from '../../src/index.js'
import type { Ran, RunOptions } from './netpulse-program.js'

/** A stream that keeps what is written, as text. */
function kept() {
  const texts: string[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => (texts.push(String(chunk)), done()) })
  return { stream, text: () => texts.join('') }
}

/** The program in this process, for what needs no process of its own: a command line that it refuses. */
export async function runHere(args: readonly string[], options: RunOptions & { cwd: string }): Promise<Ran> {
  const { env = {}, stdin = '', cwd } = options
  const [stdout, stderr] = [kept(), kept()]
  const code = await run({
    ...{ args, env, cwd, homeDir: cwd, interrupted: new AbortController().signal },
    ...{ stdin: Readable.from([Buffer.from(stdin)]), stdout: stdout.stream, stderr: stderr.stream },
  })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}
