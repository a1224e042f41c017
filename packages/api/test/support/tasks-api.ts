import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNetPulse } from '@netpulse/engine'
import { installTaskBox, startTaskBox, taskBoxPlugin } from '../../../../tools/test/task-box/box.mjs'
import { startTestApi } from './test-api.js'

/** The API over the engine itself, with a device that can leave work running. */
export async function startTasksApi() {
  const folder = await mkdtemp(join(tmpdir(), 'np-tasks-api-'))
  installTaskBox(folder)
  const box = await startTaskBox()
  const netpulse = await createNetPulse({ store: 'memory:', appDir: folder, plugins: { [taskBoxPlugin]: {} } })
  const api = await startTestApi({ netpulse })
  const { host, port } = box.device
  const login = { driver: 'task-box', connection_args: { host, port, ...box.connection } }
  const as = (role: string) => ({ 'x-api-key': `key-of-${role}` })

  /** Launches a task, as a key with the role, and answers with its id once its job has ended. */
  const launch = async (command: unknown, role = 'admin'): Promise<string> => {
    const body = { ...login, command, detach: true }
    const answer = await api.send('POST', '/device/exec?wait=10', body, as(role))
    const job = answer.json<{ status: string; task_id: string }>()
    if (job.status !== 'finished') throw new Error(answer.body)
    return job.task_id
  }
  return {
    ...api,
    box,
    login,
    as,
    launch,
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]()
      await netpulse.close()
      await box[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
