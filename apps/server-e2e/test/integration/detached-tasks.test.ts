import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Receiver } from '@netpulse/webhooks/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { startRedis } from '../../../../tools/test/redis-server.mjs'
import { startWorker } from '../../../../tools/test/worker-process.mjs'
import { startServer } from '../../../../tools/test/server-process.mjs'
import { installTaskBox, startTaskBox, taskBoxPlugin } from '../../../../tools/test/task-box/box.mjs'

interface Told {
  readonly event_type: string
  readonly final: boolean
  readonly result: { readonly retval: readonly { readonly stdout: string }[] }
}

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A box, a receiver, and what settings name them. */
async function surroundings() {
  const folder = await mkdtemp(join(tmpdir(), 'np-e2e-tasks-'))
  ends.push(() => rm(folder, { recursive: true, force: true }))
  installTaskBox(folder)
  const box = await startTaskBox()
  ends.push(() => box[Symbol.asyncDispose]())
  const receiver = await Receiver.start()
  ends.push(() => receiver.stop())
  const file = join(folder, 'netpulse.json')
  const config = { app_dir: folder, plugins: { [taskBoxPlugin]: {} }, webhooks: { allow: ['127.0.0.1'] } }
  await writeFile(file, JSON.stringify(config))
  const { host, port } = box.device
  const login = { driver: 'task-box', connection_args: { host, port, ...box.connection } }
  return { folder, box, receiver, login, args: ['--config', file] }
}

interface Setting {
  readonly args: readonly string[]
  readonly folder: string
}

/** One process with its store in a folder. */
async function alone({ args }: Setting) {
  const server = await startServer({ args: [...args] })
  ends.push(() => server.stop())
  return { server, crash: () => server.crash() }
}

/** A controller and a worker. */
async function onRedis({ args, folder }: Setting) {
  const redis = await startRedis()
  ends.push(() => redis.stop())
  const env = {
    NETPULSE_REDIS__URL: redis.url,
    NETPULSE_KEYRING_FILE: join(folder, 'keyring.json'),
    NETPULSE_WORKER__LEASE: '3',
  }
  const server = await startServer({ args: [...args], env })
  ends.push(() => server.stop())
  const worker = await startWorker({ args: [...args, '--processes', '1'], env })
  ends.push(() => worker.stop())
  const crash = async (): Promise<void> => {
    for (const pid of await worker.nodePids()) process.kill(pid, 'SIGKILL')
    await server.crash()
  }
  return { server, crash }
}

const cases = [
  { name: 'one process with its store in a folder', start: alone },
  { name: 'a controller and a worker on Redis', start: onRedis },
]

describe('a task that runs while NetPulse is killed', () => {
  it.each(cases)(
    'is found again, its log goes on and its end is told once: $name',
    async ({ start }) => {
      const { box, receiver, login, ...setting } = await surroundings()
      const { server, crash } = await start(setting)
      const end = join(setting.folder, 'end')
      const body = {
        ...login,
        command: `i=1; while [ ! -e ${end} ]; do echo line $i; i=$((i+1)); sleep 1; done; echo done`,
        detach: true,
        push_interval: 1,
        webhook: { url: receiver.url, events: ['detached.log_push', 'detached.completed', 'detached.failed'] },
      }
      const { task_id: id } = (await server.post('/device/exec?wait=20', body)) as { task_id: string }
      await receiver.got(2)
      await crash()
      expect(box.taskIds()).toEqual([id])
      const [task] = (await server.get('/detached-tasks')) as { task_id: string; status: string; last_offset: number }[]
      expect(task).toMatchObject({ task_id: id, status: 'running' })
      await writeFile(end, '')
      const told = (): readonly Told[] => receiver.received.map(({ body: text }) => JSON.parse(text) as Told)
      const ended = (): number => told().filter(({ final }) => final).length
      await expect.poll(ended, { timeout: 40_000 }).toBe(1)
      const { result } = (await server.get(`/detached-tasks/${id}?offset=0`)) as { result: { stdout: string }[] }
      expect(result[0]?.stdout).toMatch(/^line 1\nline 2\n(line \d+\n)*done\n$/)
      // An attempt that a crash cut off is made again, under the same id: a receiver takes each once.
      const once = new Map(receiver.received.map(({ headers, body: text }) => [headers['webhook-id'], text]))
      const pushed = [...once.values()].map((text) => (JSON.parse(text) as Told).result.retval[0]?.stdout ?? '')
      expect(pushed.join('')).toBe(result[0]?.stdout)
      expect(told().at(-1)?.event_type).toBe('detached.completed')
      expect(await server.get('/jobs')).toHaveLength(1)
    },
    90_000,
  )
})
