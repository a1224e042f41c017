import { startServer } from '@netpulse/server'
import type { RunningServer } from '@netpulse/server'
import { startSimulator } from '@netpulse/simulator'
import type { Simulator } from '@netpulse/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Message {
  readonly job_id: string
  readonly sequence: number
  readonly type: string
  readonly data: {
    readonly text?: string
    readonly outcome?: string
    readonly result?: { readonly command: string; readonly stdout: string }
  }
}

describe('the streams of a server with simulated devices', () => {
  let server: RunningServer
  let simulator: Simulator

  beforeAll(async () => {
    simulator = await startSimulator({
      devices: [
        { name: 'quick', platform: 'cisco_iosxe' },
        // Takes seconds for an answer, a few characters at a time.
        { name: 'slow', platform: 'cisco_iosxe', chunks: { seed: 1, maxBytes: 10, delayMs: 15 } },
      ],
    })
    server = await startServer({ store: 'memory:', server: { port: 0 }, log: { level: 'error' } })
  })

  afterAll(async () => {
    await server.stop()
    await simulator.stop()
  })

  async function submit(name: string, work: object): Promise<string> {
    const { platform, host, port, username, password } = simulator.device(name)
    const connection_args = { device_type: platform, host, port, username, password }
    const answer = await fetch(`${server.url}/device/exec`, {
      method: 'POST',
      headers: { 'x-api-key': server.newKey!, 'content-type': 'application/json' },
      body: JSON.stringify({ driver: 'cli', connection_args, ...work }),
    })
    return ((await answer.json()) as { id: string }).id
  }

  /** Messages of a stream as they come. */
  async function* follow(path: string, headers: Record<string, string> = {}): AsyncGenerator<Message> {
    const answer = await fetch(server.url + path, { headers: { 'x-api-key': server.newKey!, ...headers } })
    expect(answer.status).toBe(200)
    let text = ''
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
        text = text.slice(end + 2)
        if (data !== undefined) yield JSON.parse(data) as Message
      }
    }
  }

  it('tell a job from its beginning to its end, and end with it', async () => {
    const id = await submit('quick', { config: ['hostname R9', 'no ip domain lookup'] })
    const messages: Message[] = []
    for await (const message of follow(`/jobs/${id}/events`)) messages.push(message)
    expect(messages.map(({ type }) => type).filter((type) => type !== 'output')).toEqual([
      'queued',
      'started',
      'line',
      'line',
      'ended',
    ])
    expect(messages.every(({ job_id }) => job_id === id)).toBe(true)
    expect(messages.find(({ type }) => type === 'line')?.data.result).toMatchObject({
      command: 'hostname R9',
      exit_status: 0,
    })
    expect(messages.at(-1)?.data.outcome).toBe('succeeded')
    const resumed: Message[] = []
    const headers = { 'last-event-id': String(messages[1]!.sequence) }
    for await (const message of follow(`/jobs/${id}/events`, headers)) resumed.push(message)
    expect(resumed).toEqual(messages.slice(2))
  })

  it('tell what a device says while it says it', async () => {
    const id = await submit('slow', { command: 'show version' })
    let output = ''
    let ended = false
    for await (const { type, data } of follow(`/jobs/${id}/events`)) {
      if (type === 'output') {
        expect(ended).toBe(false)
        output += data.text
      }
      if (type === 'ended') ended = true
    }
    expect(ended).toBe(true)
    const job = await fetch(`${server.url}/jobs/${id}`, { headers: { 'x-api-key': server.newKey! } })
    const { result } = (await job.json()) as { result: { retval: { stdout: string }[] } }
    const [line = ''] = result.retval[0]!.stdout.split('\n')
    expect(line).toContain('Cisco IOS')
    expect(output).toContain(line)
  })

  it('tell of all jobs, from now on', async () => {
    const before = await submit('quick', { command: 'show clock' })
    for await (const { type } of follow(`/jobs/${before}/events`)) if (type === 'ended') break
    const stream = follow('/events')
    const first = stream.next()
    const ids = [await submit('quick', { command: 'show clock' }), await submit('quick', { command: 'show clock' })]
    expect(ids).toContain((await first).value.job_id)
    let ended = 0
    for await (const { type, job_id } of stream) {
      expect(job_id).not.toBe(before)
      if (type === 'ended') ended += 1
      if (ended === 2) break
    }
  })
})
