import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DetachedTask } from '@netpulse/client'
import { NetPulseClient } from '@netpulse/client'
import type { RunningServer } from '@netpulse/server'
import { startServer } from '@netpulse/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TaskBox } from '../../../../tools/test/task-box/box.mjs'
import { installTaskBox, startTaskBox, taskBoxPlugin } from '../../../../tools/test/task-box/box.mjs'
import { runNetpulse, startNetpulse } from '../support/netpulse-program.js'

let folder: string
let box: TaskBox
let server: RunningServer
let env: Readonly<Record<string, string>>
let target: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'np-cli-tasks-'))
  installTaskBox(folder)
  box = await startTaskBox()
  server = await startServer({
    store: 'memory:',
    app_dir: folder,
    plugins: { [taskBoxPlugin]: {} },
    server: { port: 0 },
    worker: { drain_timeout: 0 },
    log: { level: 'error' },
  })
  const password = String(box.connection['password'])
  env = { NETPULSE_URL: server.url, NETPULSE_API_KEY: server.newKey!, NETPULSE_DEVICE_PASSWORD: password }
  target = [`box@127.0.0.1:${box.device.port}`, '--driver', 'task-box']
})

afterAll(async () => {
  await server.stop()
  await box[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const run = (...args: readonly string[]) => runNetpulse(args, { env })

async function launch(command: string): Promise<string> {
  const { stdout, stderr } = await run('exec', ...target, command, '--detach')
  const [, id] = /^task ([\da-f]{12})$/m.exec(stdout) ?? []
  expect(id, stderr).toBeDefined()
  return id!
}

describe('netpulse tasks', () => {
  it('list what was left running, for people and for programs', async () => {
    const id = await launch('echo begun; sleep 300')
    const people = await run('tasks', 'list', '--status', 'running')
    expect(people.stdout).toMatch(/^TASK +STATUS +DEVICE/)
    expect(people.stdout).toContain(id)
    const programs = await run('tasks', 'list', '--json')
    const [task] = JSON.parse(programs.stdout) as DetachedTask[]
    expect(task).toMatchObject({ task_id: id, status: 'running', connection_args: { password: '[redacted]' } })
    const killed = await run('tasks', 'kill', id)
    expect([killed.code, killed.stdout]).toEqual([0, `${id}  killed\n`])
    expect((await run('tasks', 'kill', id)).code).toBe(5)
    expect(box.taskIds()).toEqual([])
  })

  it('show a log, and follow it to its end with an exit code that says how it went', async () => {
    const id = await launch('echo one; sleep 1; echo two; exit 3')
    const { ended, output } = startNetpulse(['tasks', 'log', id, '--follow'], { env })
    expect((await ended).code).toBe(1)
    expect(output.stdout).toBe('one\ntwo\n')
    expect((await run('tasks', 'log', id, '--offset', '4')).stdout).toBe('two\n')
    const good = await launch('echo fine')
    expect(await run('tasks', 'log', good, '--follow')).toMatchObject({ code: 0, stdout: 'fine\n' })
  })

  it('find what a device has, by the login', async () => {
    const id = await launch('sleep 300')
    const client = new NetPulseClient({ url: server.url, apiKey: server.newKey! })
    expect(await client.tasks.clear()).toBeGreaterThan(0)
    expect((await client.tasks.page()).tasks).toEqual([])
    const found = await run('tasks', 'discover', ...target, '--json')
    expect((JSON.parse(found.stdout) as DetachedTask[]).map(({ task_id }) => task_id)).toContain(id)
    await client.tasks.kill(id)
    await expect(client.tasks.get(id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' })
  })
})
