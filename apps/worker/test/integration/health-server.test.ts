import { afterEach, describe, expect, it } from 'vitest'
import type { HealthServer, Told } from '../../src/health-server.js'
import { serveHealth } from '../../src/health-server.js'
import type { ProcessState } from '../../src/supervised-process.js'

let open: HealthServer | undefined
const told: Told = { states: () => [], metrics: async () => 'netpulse_sessions_open{driver="cli"} 2\n' }

afterEach(() => open?.close())

async function ask(path: string, states: readonly ProcessState[] = [], method = 'GET') {
  open = await serveHealth({ host: '127.0.0.1', port: 0 }, { ...told, states: () => states })
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

  it('serves the metrics of the processes', async () => {
    open = await serveHealth({ host: '127.0.0.1', port: 0 }, told)
    const answer = await fetch(`${open.url}/metrics`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
    expect(await answer.text()).toBe('netpulse_sessions_open{driver="cli"} 2\n')
  })

  it('says which port it cannot have', async () => {
    open = await serveHealth({ host: '127.0.0.1', port: 0 }, told)
    const port = Number(new URL(open.url).port)
    await expect(serveHealth({ host: '127.0.0.1', port }, told)).rejects.toMatchObject({
      code: 'HEALTH_PORT_UNAVAILABLE',
      message: `The health endpoint cannot listen on 127.0.0.1 port ${port}: EADDRINUSE.`,
    })
  })
})
