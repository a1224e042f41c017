import { describe, expect, it } from 'vitest'
import { startTestApi, showClock } from '../support/test-api.js'
import { startTasksApi } from '../support/tasks-api.js'

interface Task {
  readonly task_id: string
  readonly status: string
}

interface Log extends Task {
  readonly result: readonly {
    readonly stdout: string
    readonly exit_status: number
    readonly metadata: { readonly next_offset: number; readonly completed: boolean; readonly task_id: string }
  }[]
}

describe('detached tasks', () => {
  it('are launched by a job that ends with their id', async () => {
    await using api = await startTasksApi()
    const body = { ...api.login, command: ['echo one', 'sleep 300'], detach: true }
    const answer = await api.post('/device/exec?wait=10', body)
    expect(answer.statusCode).toBe(201)
    const job = answer.json<{ id: string; task_id: string }>()
    expect(job).toMatchObject({ status: 'finished', kind: 'opaque', queue_strategy: 'pinned' })
    expect(job.task_id).toMatch(/^[\da-f]{12}$/)
    expect(api.box.taskIds()).toEqual([job.task_id])
    const [task] = (await api.get('/detached-tasks')).json<Task[]>()
    expect(task).toMatchObject({
      task_id: job.task_id,
      job_id: job.id,
      command: ['echo one', 'sleep 300'],
      driver: 'task-box',
      status: 'running',
      push_interval: null,
      connection_args: { host: '127.0.0.1', username: 'box', password: '[redacted]' },
    })
  })

  it('are launched by a bulk, one for each device', async () => {
    await using api = await startTasksApi()
    const { host, port } = api.login.connection_args
    const devices = ['a', 'b'].map((device) => ({ host, port, device }))
    const answer = await api.post('/device/bulk', { ...api.login, command: 'sleep 300', detach: true, devices })
    const { succeeded } = answer.json<{ succeeded: { task_id: string }[] }>()
    await expect.poll(() => api.box.taskIds().length).toBe(2)
    expect(new Set(api.box.taskIds())).toEqual(new Set(succeeded.map(({ task_id }) => task_id)))
  })

  it('are read from a byte on, until they have ended', async () => {
    await using api = await startTasksApi()
    const id = await api.launch('echo one; echo two; exit 3')
    const read = async (offset: number) => (await api.get(`/detached-tasks/${id}?offset=${offset}`)).json<Log>()
    await expect.poll(async () => (await read(0)).result[0]?.metadata.completed, { timeout: 5_000 }).toBe(true)
    expect(await read(0)).toMatchObject({ task_id: id, result: [{ stdout: 'one\ntwo\n', exit_status: 3 }] })
    expect(await read(4)).toMatchObject({ result: [{ stdout: 'two\n', metadata: { next_offset: 8, task_id: id } }] })
    await expect.poll(async () => (await read(8)).status, { timeout: 5_000 }).toBe('completed')
    const completed = (await api.get('/detached-tasks?status=completed')).json<Task[]>()
    expect(completed).toMatchObject([{ task_id: id, exit_status: 3, error: null }])
    expect((await api.get('/detached-tasks?status=running')).json()).toEqual([])
  })

  it('are ended with their group, and are not known any more', async () => {
    await using api = await startTasksApi()
    const id = await api.launch(api.box.tasks.lasting.commands)
    await expect.poll(() => api.box.tasks.processes(id)).toBeGreaterThan(1)
    const answer = await api.delete(`/detached-tasks/${id}`)
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'killed', task_id: id }])
    await expect.poll(() => api.box.tasks.processes(id)).toBe(0)
    const again = await api.delete(`/detached-tasks/${id}`)
    expect([again.statusCode, again.json<{ code: string }>().code]).toEqual([404, 'TASK_NOT_FOUND'])
  })

  it('are forgotten all at once, run on, and are found again', async () => {
    await using api = await startTasksApi()
    const id = await api.launch('sleep 300')
    const cleared = await api.delete('/detached-tasks')
    expect(cleared.json()).toEqual({ status: 'cleared', count: 1 })
    expect((await api.get('/detached-tasks')).json()).toEqual([])
    const found = await api.post('/detached-tasks/discover', api.login)
    expect(found.statusCode).toBe(200)
    expect(found.json()).toMatchObject({ discovered: 1, synced_off: 0, tasks: [{ task_id: id, status: 'running' }] })
    expect((await api.get(`/detached-tasks/${id}`)).statusCode).toBe(200)
  })

  it('are listed in pages', async () => {
    await using api = await startTasksApi()
    const ids: string[] = []
    for (const name of ['a', 'b', 'c']) ids.unshift(await api.launch(`echo ${name}; sleep 300`))
    const page = await api.get('/detached-tasks?limit=2')
    expect(page.json<Task[]>().map(({ task_id }) => task_id)).toEqual(ids.slice(0, 2))
    const next = await api.get(`/detached-tasks?limit=2&cursor=${String(page.headers['x-next-cursor'])}`)
    expect(next.json<Task[]>().map(({ task_id }) => task_id)).toEqual(ids.slice(2))
  })

  it('do not show in the list of jobs how they are looked after', async () => {
    await using api = await startTasksApi()
    const id = await api.launch('sleep 300')
    for (let look = 0; look < 3; look++) await api.get(`/detached-tasks/${id}`)
    expect((await api.get('/jobs')).json<object[]>()).toHaveLength(1)
    expect((await api.get('/system/stats')).json()).toMatchObject({ jobs: { total: 1 } })
  })
})

describe('a request about detached tasks', () => {
  it.each([
    { name: 'for a driver that cannot', body: { ...showClock, driver: 'cli', connection_args: { host: 'r' } } },
    { name: 'of a configuration', body: { config: ['x'], command: null } },
    { name: 'with a push interval out of range', body: { push_interval: 3601 } },
    { name: 'with a push interval and no detach', body: { push_interval: 5, detach: false } },
  ])('$name is refused', async ({ body }) => {
    await using api = await startTasksApi()
    const answer = await api.post('/device/exec', { ...api.login, command: 'x', detach: true, ...body })
    expect(answer.statusCode, answer.body).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode, answer.body).toBeLessThan(500)
    expect((await api.get('/detached-tasks')).json()).toEqual([])
  })

  it.each([
    { name: 'an unknown task', method: 'GET', url: '/detached-tasks/unknown', status: 404, code: 'TASK_NOT_FOUND' },
    {
      name: 'a negative offset',
      method: 'GET',
      url: '/detached-tasks/x?offset=-1',
      status: 422,
      code: 'INVALID_INPUT',
    },
    {
      name: 'an unknown status',
      method: 'GET',
      url: '/detached-tasks?status=lost',
      status: 422,
      code: 'INVALID_INPUT',
    },
    {
      name: 'a discovery without a host',
      method: 'POST',
      url: '/detached-tasks/discover',
      status: 400,
      code: 'HOST_REQUIRED',
    },
  ])('for $name has its own answer', async ({ method, url, status, code }) => {
    await using api = await startTestApi()
    const answer = await api.send(method, url, method === 'POST' ? { driver: 'echo', connection_args: {} } : undefined)
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code])
  })

  it('whose device refuses the login is answered as such, and not as a wrong API key', async () => {
    await using api = await startTasksApi()
    const { connection_args: args } = api.login
    const wrong = { ...api.login, connection_args: { ...args, password: 'open barley' } }
    const answer = await api.post('/detached-tasks/discover', wrong)
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([424, 'AUTH_FAILED'])
    expect(answer.body).not.toContain('barley')
  })

  it('is held to the scopes and the owner of its key', async () => {
    await using api = await startTasksApi()
    const key = async (wish: object) => {
      const answer = await api.post('/keys', { name: 'one', role: 'viewer', ...wish })
      return { 'x-api-key': answer.json<{ key: string }>().key }
    }
    const id = await api.launch('sleep 300')
    const own = await key({ scopes: ['job:read:own', 'job:cancel:own', 'shell:run'] })
    const elsewhere = await key({ scopes: ['job:read:all', 'shell:run'], devices: [{ host: '192.0.2.*' }] })
    const reader = await key({ scopes: ['job:read:all'] })
    const status = async (method: string, url: string, headers: Record<string, string>, body?: object) =>
      (await api.send(method, url, body, headers)).statusCode
    const one = `/detached-tasks/${id}`
    for (const stranger of [own, elsewhere]) {
      expect((await api.send('GET', '/detached-tasks', undefined, stranger)).json()).toEqual([])
      expect(await status('GET', one, stranger)).toBe(404)
      expect(await status('DELETE', one, stranger)).toBe(404)
    }
    expect((await api.send('DELETE', '/detached-tasks', undefined, own)).json()).toMatchObject({ count: 0 })
    expect(await status('GET', one, reader)).toBe(200)
    expect(await status('DELETE', one, reader)).toBe(403)
    expect(await status('DELETE', '/detached-tasks', reader)).toBe(403)
    expect(await status('POST', '/detached-tasks/discover', elsewhere, api.login)).toBe(403)
    expect(await status('POST', '/detached-tasks/discover', reader, api.login)).toBe(403)
    const plain = await key({ scopes: ['query:run'] })
    expect(await status('POST', '/device/exec', plain, { ...api.login, command: 'x', detach: true })).toBe(403)
    expect(api.box.taskIds()).toEqual([id])
  })
})
