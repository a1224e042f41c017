import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import type { GuideStep } from './guide.js'
import type { GuidePorts } from './guide-ports.js'
import { freePorts } from './guide-ports.js'
import { flawOfOutput } from './shown-output.js'

/** The clone that a reader stands in at the first line. */
export const clone = fileURLToPath(new URL('../../../../../', import.meta.url))

/** Longest that all commands of a guide may take. */
const limitMs = 150_000

/** Longest that what a guide started may live on after its last line. */
const goneMs = 20_000

/**
 * Runs the steps of a guide in one shell, in order, as a reader who pastes them, with ports, home folder and folder for
 * temporary files of its own. Answers with what went wrong, each with its line.
 */
export async function runGuide(steps: readonly GuideStep[], signal?: AbortSignal): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'np-guide-'))
  try {
    const ports = await freePorts()
    await stage(folder, steps, ports)
    const ended = await runShell(folder, ports, signal)
    return [...(await flawsOf(folder, steps, ports)), ...ended]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const staged = (folder: string, index: number, what: 'file' | 'out' | 'done'): string =>
  join(folder, 'steps', `${index}.${what}`)

/** The files that the guide has a reader save, and the script of all its commands. */
async function stage(folder: string, steps: readonly GuideStep[], ports: GuidePorts): Promise<void> {
  for (const name of ['steps', 'bin', 'home', 'tmp']) await mkdir(join(folder, name))
  await linkPrograms(join(folder, 'bin'))
  const script: string[] = ['set -e']
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'file') {
      await writeFile(staged(folder, index, 'file'), ports.toOwn(step.text))
      script.push(`cp '${staged(folder, index, 'file')}' '${step.name}'`)
    } else {
      script.push(`{\n${ports.toOwn(step.code)}\n} > '${staged(folder, index, 'out')}' 2>&1`)
    }
    script.push(`: > '${staged(folder, index, 'done')}'`)
  }
  await writeFile(join(folder, 'guide.sh'), `${script.join('\n')}\nwait\n`)
}

/** The programs of the workspaces, as `npm install` links them: it need not have run since one was added. */
async function linkPrograms(bin: string): Promise<void> {
  for (const parent of ['apps', 'packages']) {
    for (const name of await readdir(join(clone, parent))) {
      const workspace = join(clone, parent, name)
      if (!existsSync(join(workspace, 'package.json'))) continue
      const manifest = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as { bin?: object }
      for (const [program, file] of Object.entries(manifest.bin ?? {}) as [string, string][])
        await symlink(join(workspace, file), join(bin, program))
    }
  }
}

function environmentOf(folder: string, { own }: GuidePorts): NodeJS.ProcessEnv {
  const { PATH = '' } = process.env
  const port = String(own.get(9000))
  return {
    PATH: `${join(folder, 'bin')}${delimiter}${PATH}`,
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    npm_config_update_notifier: 'false',
    // The defaults, where the guide names no port.
    NETPULSE_SERVER__PORT: port,
    NETPULSE_URL: `http://127.0.0.1:${port}`,
  }
}

async function runShell(folder: string, ports: GuidePorts, signal?: AbortSignal): Promise<readonly string[]> {
  const shell = spawn('sh', [join(folder, 'guide.sh')], {
    cwd: clone,
    detached: true,
    env: environmentOf(folder, ports),
    stdio: 'ignore',
  })
  const end = (): void => void (isAlive(-shell.pid!) && process.kill(-shell.pid!, 'SIGKILL'))
  const limit = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal === undefined ? [] : [signal])])
  limit.addEventListener('abort', end)
  if (limit.aborted) end()
  const [code] = (await once(shell, 'exit')) as [number | null]
  limit.removeEventListener('abort', end)
  const isGone = await vi
    .waitFor(() => void (isAlive(-shell.pid!) && fail()), { timeout: code === 0 ? goneMs : 0, interval: 50 })
    .then(() => true)
    .catch(() => false)
  end()
  if (limit.aborted) return [`not ended after ${limitMs / 1000} s: does something that it started go on?`]
  return isGone || code !== 0 ? [] : ['what it started lives on after its last line']
}

function fail(): never {
  throw new Error('alive')
}

/** Whether a process, or with a negative id any process of a group, is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function flawsOf(folder: string, steps: readonly GuideStep[], ports: GuidePorts): Promise<readonly string[]> {
  const flaws: string[] = []
  for (const [index, step] of steps.entries()) {
    const printed = existsSync(staged(folder, index, 'out'))
      ? ports.toShown(await readFile(staged(folder, index, 'out'), 'utf8'))
      : ''
    if (!existsSync(staged(folder, index, 'done'))) return [...flaws, `line ${step.line} failed\n${printed}`]
    if (step.kind === 'file' || step.output === undefined) continue
    const flaw = flawOfOutput(step.output, printed)
    if (flaw !== undefined) flaws.push(`line ${step.output.line}: the output differs: ${flaw}`)
  }
  return flaws
}
