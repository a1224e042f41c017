import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeClock } from '@netpulse/core/testing'
import { openTelnet } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { StreamReader } from '../support/stream-reader.js'
import { TcpListener } from '../support/tcp-listener.js'

const listeners: TcpListener[] = []
afterEach(() => Promise.all(listeners.splice(0).map((tcp) => tcp.close())))

async function listen(onSocket: (socket: Socket) => void): Promise<TcpListener> {
  const tcp = await TcpListener.start((socket) => {
    socket.resume()
    onSocket(socket)
  })
  listeners.push(tcp)
  return tcp
}

const open = (tcp: TcpListener, more: object = {}): ReturnType<typeof openTelnet> =>
  openTelnet({ host: '127.0.0.1', port: tcp.port, ...more }, newServices(), noAbort())

/** What the server has read so far, and a wait for more. */
function reading(socket: Socket): { until(bytes: string): Promise<string> } {
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  return {
    until: async (bytes) => {
      while (!text.includes(bytes)) await once(socket, 'data')
      return text
    },
  }
}

describe('a telnet connection', () => {
  it('negotiates as a real server does, one byte at a time, and delivers the login prompt', async () => {
    const served: Promise<string>[] = []
    const negotiation = '\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f\xff\xfd\x27\xff\xfa\x18\x01\xff\xf0'
    const tcp = await listen((socket) => {
      served.push(reading(socket).until('vt100\xff\xf0'))
      for (const byte of Buffer.from(`${negotiation}User Access Verification\r\n\r\nUsername: `, 'latin1')) {
        socket.write(Uint8Array.of(byte))
      }
    })
    const stream = await open(tcp)
    const reader = new StreamReader(stream)
    expect(await reader.until('Username: ')).toBe('User Access Verification\r\n\r\nUsername: ')
    const sent = await served[0]
    expect(sent).toBe(
      '\xff\xfd\x01\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\x01\xff\xff\x03\xe8\xff\xf0\xff\xfc\x27\xff\xfa\x18\x00vt100\xff\xf0',
    )
    stream.close()
    await tcp.untilOpen(0)
  })

  it('says nothing to a console server that speaks no telnet', async () => {
    let heard = ''
    const tcp = await listen((socket) => {
      socket.on('data', (chunk) => (heard += chunk.toString('latin1')))
      socket.write('r1> ')
    })
    const stream = await open(tcp)
    await new StreamReader(stream).until('r1> ')
    stream.close()
    await tcp.untilOpen(0)
    expect(heard).toBe('')
  })

  it.each([
    { lineEnd: undefined, wire: 'show version\r\n' },
    { lineEnd: '\r\0', wire: 'show version\r\0' },
    { lineEnd: '\n', wire: 'show version\n' },
  ] as const)('sends a line end as $wire', async ({ lineEnd, wire }) => {
    let heard: Promise<string> | undefined
    const tcp = await listen((socket) => (heard = reading(socket).until('version')))
    const stream = await open(tcp, lineEnd === undefined ? {} : { lineEnd })
    stream.write('show version\n')
    await tcp.untilOpen(1)
    expect(await heard).toBe(wire)
    stream.close()
  })

  it('ends in order when the server closes, after the last data', async () => {
    const tcp = await listen((socket) => socket.end('bye'))
    const reader = new StreamReader(await open(tcp))
    expect(await reader.ended).toBeUndefined()
    expect(reader.text).toBe('bye')
    await tcp.untilOpen(0)
  })

  it('ends with SESSION_LOST when the connection is reset', async () => {
    const tcp = await listen((socket) => socket.write('r1> '))
    const stream = await open(tcp)
    const reader = new StreamReader(stream)
    await reader.until('r1> ')
    tcp.drop()
    const error = await reader.ended
    expect(error).toMatchObject({ code: 'SESSION_LOST', details: { hop: 'device', reason: 'ECONNRESET' } })
    expect(await new Promise((resolve) => stream.onEnd(resolve))).toBe(error)
    stream.write('into nothing\n')
    stream.close()
  })

  it('closes once and delivers nothing afterwards', async () => {
    const tcp = await listen((socket) => socket.write('r1> '))
    const stream = await open(tcp)
    const reader = new StreamReader(stream)
    await reader.until('r1> ')
    stream.close()
    stream.close()
    for (const socket of tcp.open) socket.write('late')
    expect(await reader.ended).toBeUndefined()
    await tcp.untilOpen(0)
    expect(reader.text).toBe('r1> ')
  })
})

describe('a telnet connection that cannot be made', () => {
  it('is refused with CONNECT_FAILED', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    await once(probe, 'close')
    const error = await errorOf(openTelnet({ host: '127.0.0.1', port }, newServices(), noAbort()))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', details: { reason: 'ECONNREFUSED' } })
  })

  it('is ended by its limit', async () => {
    const clock = new FakeClock()
    // TEST-NET-1 (RFC 5737): never answers, or the network says at once that it cannot be reached.
    const target = { host: '192.0.2.1', port: 23, connectTimeoutMs: 3000 }
    const opening = errorOf(openTelnet(target, { ...newServices(), clock }, noAbort()))
    await clock.advance(3000)
    expect(['CONNECT_TIMEOUT', 'CONNECT_FAILED']).toContain((await opening).code)
    expect(clock.pendingTimers).toBe(0)
  })

  it('is ended by its caller', async () => {
    const tcp = await listen(() => undefined)
    const aborted = openTelnet({ host: '127.0.0.1', port: tcp.port }, newServices(), AbortSignal.abort())
    expect((await errorOf(aborted)).code).toBe('ABORTED')
    expect(tcp.accepted).toBe(0)
  })
})
