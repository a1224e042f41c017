import { afterEach, describe, expect, it } from 'vitest'
import type { HealthServer } from '../../src/health-server.js'
import { serveHealth } from '../../src/health-server.js'
import type { ProcessState } from '../../src/supervised-process.js'

let open: HealthServer | undefined

afterEach(() => open?.close())

async function ask(path: string, states: readonly ProcessState[] = [], method = 'GET') {
  open = await serveHealth({ host: '127.0.0.1', port: 0 }, () => states)
  const answer = await fetch(open.url + path, { method })
  return { status: answer.status, body: method === 'HEAD' ? null : ((await answer.json()) as object) }
}

const state = (index: number, ready: boolean): ProcessState => ({ index, pid: 100 + index, ready })

describe('the health endpoint', () => {
  it('is live whatever the processes do', async () => {
    expect(await ask('/health/live', [state(0, false)])).toEqual({ status: 200, body: { status: 'ok' } })
  })

  it.each([
    { name: 'every process is', states: [state(0, true), state(1, true)], status: 200 },
    { name: 'one process is not', states: [state(0, true), state(1, false)], status: 503 },
    { name: 'there is no process', states: [], status: 503 },
  ])('when $name ready answers $status', async ({ states, status }) => {
    const answer = await ask('/health/ready?verbose', states)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ processes: states })
  })

  it.each([
    { path: '/', method: 'GET', status: 404 },
    { path: '/health/ready', method: 'POST', status: 405 },
    { path: '/health/live', method: 'HEAD', status: 200 },
  ])('answers $method $path with $status', async ({ path, method, status }) => {
    expect((await ask(path, [], method)).status).toBe(status)
  })

  it('says which port it cannot have', async () => {
    open = await serveHealth({ host: '127.0.0.1', port: 0 }, () => [])
    const port = Number(new URL(open.url).port)
    await expect(serveHealth({ host: '127.0.0.1', port }, () => [])).rejects.toMatchObject({
      code: 'HEALTH_PORT_UNAVAILABLE',
      message: `The health endpoint cannot listen on 127.0.0.1 port ${port}: EADDRINUSE.`,
    })
  })
})
