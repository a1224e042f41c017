import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../apps/worker/dist/main.js', import.meta.url))

/**
 * `netpulse-worker` as a user starts it: a supervisor with its node processes, with a new folder. Resolves when it has
 * said that it is ready. See worker-process.d.mts for the options.
 */
export async function startWorker({ args = [], env = {}, folder: givenFolder, ready = true } = {}) {
  const folder = givenFolder ?? (await mkdtemp(join(tmpdir(), 'netpulse-worker-')))
  const output = { stdout: '', stderr: '' }
  const child = spawn(process.execPath, [main, '--store', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NETPULSE_LOG__LEVEL: 'info', ...env },
  })
  const killWithParent = () => child.kill('SIGKILL')
  process.on('exit', killWithParent)
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (output[name] += text))
  const ended = once(child, 'exit').then(([code, signal]) => {
    process.off('exit', killWithParent)
    return { code, signal }
  })
  if (ready) await greeted(child, output, ended)
  return {
    folder,
    output,
    ended,
    get pid() {
      return child.pid
    },
    healthUrl: /(http:\/\/\S+?:\d+)/.exec(output.stdout)?.[1],
    /** The node processes below it. */
    nodePids: () => childrenOf(child.pid),
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGTERM')
      child.kill('SIGCONT') // a stopped process takes no SIGTERM
      await ended
      if (givenFolder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

function greeted(child, output, ended) {
  return new Promise((resolve, reject) => {
    const look = () => /is ready[^]*\n$/.test(output.stdout) && resolve()
    child.stdout.on('data', look)
    void ended.then(() => reject(new Error(`the worker ended before it was ready: ${output.stderr}`)))
  })
}

/** Linux: the process's children, as the kernel lists them. */
async function childrenOf(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.trim().split(' ').filter(Boolean).map(Number)
}
