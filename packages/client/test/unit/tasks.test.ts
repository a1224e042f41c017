import type { TaskOutput } from '@netpulse/client'
import { describe, expect, it } from 'vitest'
import { answer, refusal, scriptedClient, settled } from '../support/scripted-server.js'

const part = (stdout: string, next_offset: number, more: object = {}) =>
  answer(200, {
    task_id: 't1',
    status: 'running',
    result: [{ command: 'make', stdout, metadata: { next_offset, completed: false, ...more } }],
  })

async function collect(stream: AsyncIterable<TaskOutput>): Promise<readonly TaskOutput[]> {
  const found: TaskOutput[] = []
  for await (const output of stream) found.push(output)
  return found
}

describe('the log of a task', () => {
  it('is followed from byte to byte to its end, with a pause only when there is nothing new', async () => {
    const end = part('three\n', 14, { completed: true, exit_status: 3 })
    const { client, clock, sent } = scriptedClient([part('one\n', 4), part('two\n', 8), part('', 8), end])
    const startMs = clock.now().getTime()
    const outputs = await settled(clock, collect(client.tasks.follow('t1', { pauseMs: 500 })))
    expect(outputs.map(({ text }) => text).join('')).toBe('one\ntwo\nthree\n')
    expect(outputs.at(-1)).toEqual({ text: 'three\n', nextOffset: 14, completed: true, exitStatus: 3 })
    expect(sent.map(({ url }) => url.split('?')[1])).toEqual(['offset=0', 'offset=4', 'offset=8', 'offset=8'])
    expect(clock.now().getTime() - startMs, 'one pause of 500 ms').toBeLessThan(1_000)
  })

  it('goes on when its device was busy, and while it is launching', async () => {
    const launching = answer(200, { task_id: 't1', status: 'launching', result: [] })
    const steps = [launching, refusal(504, 'TASK_TIMEOUT'), part('x\n', 2, { completed: true })]
    const { client, clock } = scriptedClient(steps, { retries: 0 })
    const outputs = await settled(clock, collect(client.tasks.follow('t1')))
    expect(outputs.map(({ text }) => text)).toEqual(['x\n'])
  })

  it('ends with the refusal when the device refuses the login, which is not tried again', async () => {
    const { client, clock, sent } = scriptedClient([refusal(424, 'AUTH_FAILED')])
    const failed = settled(clock, collect(client.tasks.follow('t1')))
    await expect(failed).rejects.toMatchObject({ code: 'AUTH_FAILED' })
    expect(sent).toHaveLength(1)
  })
})

describe('detached tasks', () => {
  it('are listed over all pages', async () => {
    const { client, sent } = scriptedClient([
      answer(200, [{ task_id: 'b' }], { 'x-next-cursor': 'next' }),
      answer(200, [{ task_id: 'a' }]),
    ])
    const ids: string[] = []
    for await (const { task_id: id } of client.tasks.list({ status: 'running' })) ids.push(id)
    expect(ids).toEqual(['b', 'a'])
    expect(sent[1]?.url).toBe('http://np.test/api/detached-tasks?status=running&cursor=next')
  })

  it('are ended, forgotten and looked for', async () => {
    const found = { discovered: 0, synced_off: 1, tasks: [] }
    const steps = [answer(200, { status: 'killed' }), answer(200, { status: 'cleared', count: 2 }), answer(200, found)]
    const { client, sent } = scriptedClient(steps)
    await client.tasks.kill('a/b')
    expect(await client.tasks.clear()).toBe(2)
    const login = { driver: 'ssh', connection_args: { host: 'r1' } }
    expect(await client.tasks.discover(login)).toEqual(found)
    expect(sent.map(({ method, url }) => `${method} ${url.slice('http://np.test/api'.length)}`)).toEqual([
      'DELETE /detached-tasks/a%2Fb',
      'DELETE /detached-tasks',
      'POST /detached-tasks/discover',
    ])
    expect(sent[2]?.body).toEqual(login)
  })
})
