import { once } from 'node:events'
import { connect } from 'node:net'
import { asJobId } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

type Api = Awaited<ReturnType<typeof startTestApi>>

/** Opens a stream over a real connection and reads until `enough` says so. */
async function follow(api: Api, path: string, headers: Record<string, string> = {}) {
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = api.app.server.address() as { port: number }
  const gone = new AbortController()
  const url = `http://127.0.0.1:${port}${path}`
  const answer = await fetch(url, { headers: { 'x-api-key': 'key-of-viewer', ...headers }, signal: gone.signal })
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    answer,
    port,
    leave: () => gone.abort(),
    async until(enough: string): Promise<string> {
      while (!text.includes(enough)) {
        const { value, done } = await reader.read()
        if (done) break
        text += value
      }
      return text
    },
  }
}

const event = { jobId: asJobId('j1'), at: new Date('2026-01-01T00:00:00Z') }

describe('a stream of events', () => {
  it('has one message per event, with what a reader needs to resume', async () => {
    await using api = await startTestApi()
    const { id } = (await api.post('/device/exec', showClock)).json<{ id: string }>()
    const error = { code: 'CONNECT_FAILED', kind: 'unavailable', message: 'r1 does not answer.', retryable: true }
    api.netpulse.happened.push(
      { ...event, sequence: 7, type: 'retrying', data: { attempt: 1, delayMs: 500, error } },
      { ...event, sequence: 7, type: 'output', data: { attempt: 2, text: 'one\n' } },
      { ...event, sequence: 8, type: 'ended', data: { status: 'finished', outcome: 'succeeded' } },
    )
    const stream = await follow(api, `/jobs/${id}/events`)
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.answer.headers.get('cache-control')).toBe('no-store')
    const at = '"at":"2026-01-01T00:00:00.000Z"'
    const told = { type: 'unavailable', message: error.message, code: error.code }
    const retried = `{"attempt":1,"delay_ms":500,"error":${JSON.stringify(told)}}`
    expect(await stream.until('"outcome"')).toBe(
      [
        'retry: 2000\n\n',
        `event: retrying\nid: 7\ndata: {"job_id":"j1","sequence":7,"type":"retrying",${at},"data":${retried}}\n\n`,
        `event: output\ndata: {"job_id":"j1","sequence":7,"type":"output",${at},"data":{"attempt":2,"text":"one\\n"}}\n\n`,
        `event: ended\nid: 8\ndata: {"job_id":"j1","sequence":8,"type":"ended",${at},"data":{"status":"finished","outcome":"succeeded"}}\n\n`,
      ].join(''),
    )
    stream.leave()
  })

  it.each([
    { name: 'all of it', path: '', headers: {}, asked: { output: true } },
    { name: 'the rest, by header', path: '?after=3', headers: { 'last-event-id': '5' }, asked: { afterSequence: 5 } },
    { name: 'the rest, by query', path: '?after=3', headers: {}, asked: { afterSequence: 3 } },
    { name: 'without output', path: '?output=false', headers: {}, asked: { output: false } },
  ])('of one job gives what is asked for: $name', async ({ path, headers, asked }) => {
    await using api = await startTestApi()
    const { id } = (await api.post('/device/exec', showClock)).json<{ id: string }>()
    const stream = await follow(api, `/jobs/${id}/events${path}`, headers as Record<string, string>)
    await stream.until('retry')
    expect(api.netpulse.eventQueries).toMatchObject([{ jobId: id, ...asked }])
    stream.leave()
  })

  it('of all jobs begins now', async () => {
    await using api = await startTestApi()
    const stream = await follow(api, '/events')
    await stream.until('retry')
    expect(api.netpulse.eventQueries).toMatchObject([{ afterSequence: 'latest' }])
    stream.leave()
  })

  it('is refused for an unknown job, an odd position, and without a key', async () => {
    await using api = await startTestApi()
    expect((await api.get('/jobs/nothing/events')).statusCode).toBe(404)
    expect((await api.get('/events?after=-1')).statusCode).toBe(422)
    expect((await api.send('GET', '/events', undefined, { 'last-event-id': 'x' })).statusCode).toBe(422)
    expect((await api.send('GET', '/events', undefined, { 'x-api-key': 'none' })).statusCode).toBe(403)
    expect(api.netpulse.eventQueries).toEqual([])
  })

  it('gives signs of life while nothing happens', async () => {
    const clock = new FakeClock()
    await using api = await startTestApi({ clock })
    const stream = await follow(api, '/events')
    await stream.until('retry')
    await clock.advance(15_000)
    expect(await stream.until('still')).toBe('retry: 2000\n\n: still here\n\n')
    stream.leave()
  })

  it('ends when the client goes, however it goes', async () => {
    await using api = await startTestApi()
    const stream = await follow(api, '/events')
    await stream.until('retry')
    const { signal } = api.netpulse.eventQueries[0]!
    stream.leave()
    if (!signal.aborted) await once(signal, 'abort')
    const socket = connect(stream.port, '127.0.0.1')
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-viewer\r\n\r\n')
    await once(socket, 'data')
    socket.resetAndDestroy()
    const second = api.netpulse.eventQueries[1]!.signal
    if (!second.aborted) await once(second, 'abort')
  })

  it('does not hold up the end of the server', async () => {
    const api = await startTestApi()
    const stream = await follow(api, '/events')
    await stream.until('retry')
    await api.app.close()
    expect(await stream.until('never')).toBe('retry: 2000\n\n')
  })
})
