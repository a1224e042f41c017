import { systemClock } from '@netpulse/core'
import { afterEach, describe, expect, it } from 'vitest'
import { openTelnet } from '../../src/index.js'
import type { SshEndpoint, TelnetTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { TestSshServer } from '../support/ssh-server.js'
import type { TestServerOptions } from '../support/ssh-server.js'
import { StreamReader } from '../support/stream-reader.js'
import { TcpListener } from '../support/tcp-listener.js'

const closing: { close(): Promise<void> }[] = []
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())))

/** Negotiates once, greets, and then answers every line with itself. */
async function telnetDevice(): Promise<TcpListener> {
  const device = await TcpListener.start((socket) => {
    socket.write(Buffer.from('\xff\xfd\x18login: ', 'latin1'))
    socket.on('data', (chunk) => {
      const line = /[a-z ]+(?=\r\n)/.exec(chunk.toString('latin1'))?.[0]
      if (line === 'exit') socket.end('bye')
      else if (line !== undefined) socket.write(`${line}!`)
    })
  })
  closing.push(device)
  return device
}

async function jumpHost(options: TestServerOptions = {}): Promise<TestSshServer> {
  const server = await TestSshServer.start({ forward: true, ...options })
  closing.push(server)
  return server
}

const endpointOf = ({ port }: TestSshServer, more: Partial<SshEndpoint> = {}): SshEndpoint => ({
  ...{ host: '127.0.0.1', port, username: 'netops', password: 'secret', ...more },
})

async function chain(more: Partial<TelnetTarget> = {}) {
  const [outer, inner] = [await jumpHost(), await jumpHost()]
  const device = await telnetDevice()
  const jumpHosts = [endpointOf(outer), endpointOf(inner)]
  const target: TelnetTarget = { host: '127.0.0.1', port: device.port, jumpHosts, ...more }
  const untilAllClosed = () => Promise.all([outer.tcp, inner.tcp, device].map((tcp) => tcp.untilOpen(0)))
  return { outer, inner, device, target, untilAllClosed }
}

describe('telnet through jump hosts', () => {
  it('negotiates and carries both directions, and closes every hop', async () => {
    const { device, target, untilAllClosed } = await chain()
    const services = newServices()
    const stream = await openTelnet(target, services, noAbort())
    const reader = new StreamReader(stream)
    expect(await reader.until('login: ')).toBe('login: ')
    stream.write('hello there\n')
    await reader.until('hello there!')
    expect(device.accepted).toBe(1)
    expect(await services.hostKeys.list()).toHaveLength(2)
    stream.close()
    expect(await reader.ended).toBeUndefined()
    await untilAllClosed()
  })

  it('ends in order when the device closes, after the last data', async () => {
    const { target, untilAllClosed } = await chain()
    const stream = await openTelnet(target, newServices(), noAbort())
    const reader = new StreamReader(stream)
    await reader.until('login: ')
    stream.write('exit\n')
    expect(await reader.ended).toBeUndefined()
    expect(reader.text).toBe('login: bye')
    await untilAllClosed()
  })

  it('is lost with a jump host, and names it', async () => {
    const { outer, target, untilAllClosed } = await chain()
    const stream = await openTelnet(target, newServices(), noAbort())
    const reader = new StreamReader(stream)
    await reader.until('login: ')
    outer.tcp.drop()
    expect(await reader.ended).toMatchObject({ code: 'SESSION_LOST', details: { hop: 'jump_host', jumpHost: 1 } })
    stream.write('into nothing\n')
    stream.close()
    await untilAllClosed()
  })

  it('sees by keepalive that its jump host is frozen', async () => {
    const { outer, target } = await chain()
    const [first, second] = target.jumpHosts!
    const probed = { ...first!, keepaliveIntervalMs: 40, keepaliveMaxMisses: 2 }
    const stream = await openTelnet({ ...target, jumpHosts: [probed, second!] }, newServices(), noAbort())
    const reader = new StreamReader(stream)
    outer.freeze()
    expect(await reader.ended).toMatchObject({ code: 'SESSION_LOST', details: { jumpHost: 1, reason: 'KEEPALIVE' } })
  })

  it('says from where a device cannot be reached, and leaves nothing open', async () => {
    const { inner, device, target, untilAllClosed } = await chain()
    await device.close()
    closing.splice(closing.indexOf(device), 1)
    const error = await errorOf(openTelnet(target, newServices(), noAbort()))
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', details: { hop: 'device', through: inner.address } })
    expect(error.message).toContain(`cannot be reached from ${inner.address}`)
    await untilAllClosed()
  })

  it('names the jump host that refuses the login, before the device is asked for', async () => {
    const { inner, device, target, untilAllClosed } = await chain()
    const [first, second] = target.jumpHosts!
    const wrong = [first!, { ...second!, password: 'wrong' }]
    const error = await errorOf(openTelnet({ ...target, jumpHosts: wrong }, newServices(), noAbort()))
    expect(error).toMatchObject({ code: 'AUTH_FAILED', details: { hop: 'jump_host', jumpHost: 2 } })
    expect(error.message).toContain(`Jump host 2 (${inner.address})`)
    expect(device.accepted).toBe(0)
    await untilAllClosed()
  })

  it('has a limit for a jump host that does not answer the wish, and can be ended by its caller', async () => {
    const asked: (() => void)[] = []
    const silent = await jumpHost({ onForward: () => asked.splice(0).forEach((one) => one()) })
    const target = { host: '192.0.2.1', port: 23, jumpHosts: [endpointOf(silent)] }
    const late = await errorOf(openTelnet({ ...target, connectTimeoutMs: 50 }, newServices(), noAbort()))
    expect(late).toMatchObject({ code: 'CONNECT_TIMEOUT', details: { hop: 'device', timeout: 'conn_timeout' } })
    const stop = new AbortController()
    asked.push(() => stop.abort())
    const services = { ...newServices(), clock: systemClock }
    expect((await errorOf(openTelnet(target, services, stop.signal))).code).toBe('ABORTED')
    await silent.tcp.untilOpen(0)
  })
})
