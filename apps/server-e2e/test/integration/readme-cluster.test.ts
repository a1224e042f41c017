import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSimulator } from '@netpulse/simulator'
import type { Simulator } from '@netpulse/simulator'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from '../../../../tools/test/free-port.mjs'
import { redisSource } from '../../../../tools/test/redis-server.mjs'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const source = redisSource()
const title = 'the example of the README for many machines'
const pollTime = { timeout: 60_000, interval: 200 }

/** The shell lines that stand below the heading. */
async function linesOfReadme(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const section = readme.slice(readme.indexOf('## Run it on many machines'))
  return /```sh\n(.*?)```/s.exec(section)![1]!
}

describe.skipIf(source.kind !== 'program')(
  source.kind === 'program' ? title : `${title} (needs a redis-server)`,
  () => {
    let folder: string
    let simulator: Simulator
    let shell: ChildProcess
    let output = ''
    const urls: string[] = []

    /** As pasted into a shell, but with ports and folders of this test, and without the build. */
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'np-readme-'))
      simulator = await startSimulator({ devices: [{ name: 'r1', platform: 'cisco_iosxe' }] })
      let script = (await linesOfReadme()).replace('npm run build\n', '')
      for (const port of ['6379', '9000', '9001']) {
        const own = String(await freePort())
        if (port !== '6379') urls.push(`http://127.0.0.1:${own}`)
        expect(script).toContain(port)
        script = script.replaceAll(port, own)
        if (port === '6379') script = script.replace('redis-server', `redis-server --port ${own} --bind 127.0.0.1`)
      }
      script = script.replaceAll('.netpulse/', `${folder}/`).replace('--dir /tmp', `--dir ${folder}`)
      shell = spawn('sh', ['-c', `${script}wait`], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [shell.stdout!, shell.stderr!]) stream.on('data', (bytes) => (output += String(bytes)))
    })

    afterAll(async () => {
      const ended = once(shell, 'exit')
      process.kill(-shell.pid!, 'SIGTERM')
      await ended
      await vi.waitFor(() => expect(isAlive(-shell.pid!)).toBe(false), pollTime)
      await simulator.stop()
      await rm(folder, { recursive: true })
    }, 90_000)

    const keyIn = (text: string): string | undefined => /API key\s+(np_\S+)/.exec(text)?.[1]

    async function ask<Answer>(url: string, path: string, body?: object): Promise<Answer> {
      const answer = await fetch(url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-api-key': keyIn(output)!, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return (await answer.json()) as Answer
    }

    it('runs two servers and two workers that share the work', { timeout: 120_000 }, async () => {
      await expect.poll(() => keyIn(output) !== undefined, pollTime).toBe(true)
      const [one, two] = urls as [string, string]
      const nodes = async (url: string): Promise<number> => {
        const workers = await ask<{ type: string; node: string }[]>(url, '/workers').catch(() => [])
        return workers.filter(({ type }) => type === 'node').length
      }
      await expect.poll(() => nodes(one), pollTime).toBeGreaterThanOrEqual(2)
      await expect.poll(() => nodes(two), pollTime).toBeGreaterThanOrEqual(2)
      const { platform, host, port, username, password } = simulator.device('r1')
      const connection_args = { device_type: platform, host, port, username, password }
      const job = await ask<{ id: string }>(one, '/device/exec', {
        driver: 'cli',
        connection_args,
        command: 'show version',
      })
      const ended = await ask<object>(two, `/jobs/${job.id}?wait=60`)
      expect(ended).toMatchObject({ id: job.id, status: 'finished', outcome: 'succeeded' })
    })
  },
)

/** Whether the process, or with a negative id any process of the group, is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
