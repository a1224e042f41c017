import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { coreError } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { connectSsh, openSshShell } from '../../src/index.js'
import type { SshTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { TestSshServer } from '../support/ssh-server.js'
import { TcpListener } from '../support/tcp-listener.js'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function listen(onSocket: Parameters<typeof TcpListener.start>[0]): Promise<TcpListener> {
  const tcp = await TcpListener.start((socket) => {
    socket.resume() // a socket that nobody reads does not notice its end
    onSocket(socket)
  })
  cleanups.push(() => tcp.close())
  return tcp
}

async function serve(options: Parameters<typeof TestSshServer.start>[0]): Promise<TestSshServer> {
  const server = await TestSshServer.start(options)
  cleanups.push(() => server.close())
  return server
}

const targetOf = (port: number, more: Partial<SshTarget> = {}): SshTarget => ({
  host: '127.0.0.1',
  port,
  username: 'netops',
  password: 'secret',
  ...more,
})

describe('each timeout of an SSH opening', () => {
  it('ends the wait for a banner that never comes', async () => {
    let greet = (): void => undefined
    const greeted = new Promise<void>((resolve) => (greet = resolve))
    const tcp = await listen((socket) => socket.once('data', greet))
    const services = { ...newServices(), clock: new FakeClock() }
    const opening = errorOf(connectSsh(targetOf(tcp.port, { bannerTimeoutMs: 4000 }), services, noAbort()))
    await greeted
    await services.clock.advance(3999)
    expect(tcp.open).toHaveLength(1)
    await services.clock.advance(1)
    const error = await opening
    expect(error.code).toBe('CONNECT_TIMEOUT')
    expect(error.message).toBe(
      `Device 127.0.0.1:${tcp.port} did not complete the SSH handshake within 4 s (\`banner_timeout\`).`,
    )
    expect(error.details).toMatchObject({ timeout: 'banner_timeout', timeoutMs: 4000, hop: 'device' })
    await tcp.untilOpen(0)
    expect(services.clock.pendingTimers).toBe(0)
  })

  it('ends the wait for a key exchange after the banner', async () => {
    const tcp = await listen((socket) => socket.write('SSH-2.0-silent\r\n'))
    const error = await errorOf(connectSsh(targetOf(tcp.port, { bannerTimeoutMs: 100 }), newServices(), noAbort()))
    expect(error.details).toMatchObject({ timeout: 'banner_timeout' })
    await tcp.untilOpen(0)
  })

  it('ends the wait for an answer to the login', async () => {
    const server = await serve({ onAuth: () => undefined })
    const error = await errorOf(connectSsh(targetOf(server.port, { authTimeoutMs: 100 }), newServices(), noAbort()))
    expect(error.code).toBe('CONNECT_TIMEOUT')
    expect(error.message).toContain('did not answer the login within 0.1 s (`auth_timeout`)')
    await server.tcp.untilOpen(0)
  })

  it('ends the wait for a shell', async () => {
    const server = await serve({ onAuth: (context) => context.accept() })
    const services = newServices()
    const connection = await connectSsh(targetOf(server.port, { authTimeoutMs: 200 }), services, noAbort())
    server.freeze()
    const error = await errorOf(connection.shell({}, noAbort()))
    expect(error.message).toContain('did not open a shell within 0.2 s (`auth_timeout`)')
    connection.close()
    server.tcp.drop()
  })

  it('ends the wait for a TCP connection', async () => {
    const full = await fullBacklog()
    const services = { ...newServices(), clock: new FakeClock() }
    const opening = errorOf(connectSsh(targetOf(full.port, { connectTimeoutMs: 700 }), services, noAbort()))
    await services.clock.advance(0) // the host key is looked up first
    await services.clock.advance(700)
    const error = await opening
    expect(error.message).toContain('did not accept the TCP connection within 0.7 s (`conn_timeout`)')
    expect(error.details).toMatchObject({ timeout: 'conn_timeout' })
  })

  /** A listener that accepts nothing: Linux drops further SYNs once its backlog is full. */
  async function fullBacklog(): Promise<{ port: number }> {
    const { spawn } = await import('node:child_process')
    const script = `
      const { createServer, connect } = require('node:net')
      const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        process.stdout.write(String(server.address().port) + '\\n', () => process.kill(process.pid, 'SIGSTOP'))
      })`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    cleanups.push(async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    const { connect } = await import('node:net')
    const fillers = Array.from({ length: 4 }, () =>
      connect(Number(port.toString()), '127.0.0.1').on('error', () => undefined),
    )
    cleanups.push(async () => {
      for (const socket of fillers) socket.destroy()
    })
    await Promise.all(fillers.slice(0, 2).map((socket) => once(socket, 'connect')))
    return { port: Number(port.toString()) }
  }
})

describe('an abort of an SSH opening', () => {
  const silent = async (): Promise<{ port: number; tcp: TcpListener; reached: Promise<void> }> => {
    const tcp = await listen(() => undefined)
    return { port: tcp.port, tcp, reached: tcp.untilOpen(1) }
  }
  const banner = async (): ReturnType<typeof silent> => {
    let reach = (): void => undefined
    const reached = new Promise<void>((resolve) => (reach = resolve))
    const tcp = await listen((socket) => {
      socket.write('SSH-2.0-slow\r\n')
      socket.once('data', reach)
    })
    return { port: tcp.port, tcp, reached }
  }
  const login = async (): ReturnType<typeof silent> => {
    let reach = (): void => undefined
    const reached = new Promise<void>((resolve) => (reach = resolve))
    const server = await serve({ onAuth: () => reach() })
    return { port: server.port, tcp: server.tcp, reached }
  }
  const shell = async (): ReturnType<typeof silent> => {
    let reach = (): void => undefined
    const reached = new Promise<void>((resolve) => (reach = resolve))
    const server = await serve({
      onAuth: (context) => {
        context.accept()
        server.freeze()
        reach()
      },
    })
    return { port: server.port, tcp: server.tcp, reached }
  }

  it.each([
    { name: 'while it waits for the banner', make: silent },
    { name: 'during the key exchange', make: banner },
    { name: 'during the login', make: login },
    { name: 'while it waits for the shell', make: shell },
  ])('$name throws ABORTED and leaves no connection', async ({ make }) => {
    const { port, tcp, reached } = await make()
    const controller = new AbortController()
    const opening = errorOf(openSshShell(targetOf(port), newServices(), controller.signal))
    await reached
    controller.abort()
    expect((await opening).code).toBe('ABORTED')
    for (const socket of tcp.open) socket.resume() // a paused socket does not notice the end
    await tcp.untilOpen(0)
  })

  it('before it starts dials nothing', async () => {
    const tcp = await listen(() => undefined)
    const error = await errorOf(connectSsh(targetOf(tcp.port), newServices(), AbortSignal.abort()))
    expect(error.code).toBe('ABORTED')
    expect(tcp.accepted).toBe(0)
  })

  it('throws the reason when that is an error of ours', async () => {
    const tcp = await listen(() => undefined)
    const controller = new AbortController()
    const opening = errorOf(connectSsh(targetOf(tcp.port), newServices(), controller.signal))
    await tcp.untilOpen(1)
    const reason = coreError('INVALID_TRANSITION', 'the job has ended')
    controller.abort(reason)
    expect(await opening).toBe(reason)
    await tcp.untilOpen(0)
  })

  it('after it has ended does nothing to the connection', async () => {
    const server = await serve({})
    const controller = new AbortController()
    const connection = await connectSsh(targetOf(server.port), newServices(), controller.signal)
    controller.abort()
    const shell = await connection.shell({}, noAbort())
    const echoed = new Promise<string>((resolve) => shell.onData((bytes) => resolve(Buffer.from(bytes).toString())))
    shell.write('still here')
    expect(await echoed).toBe('still here')
    connection.close()
  })
})

describe('a device that cannot be connected to', () => {
  it('is named with what the system said', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    await once(probe, 'close')
    const error = await errorOf(connectSsh(targetOf(port), newServices(), noAbort()))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.retryable).toBe(true)
    expect(error.message).toContain(`Device 127.0.0.1:${port} refused the TCP connection`)
    expect(error.details).toMatchObject({ reason: 'ECONNREFUSED' })
  })

  it('may have a name that does not exist', async () => {
    const target = { ...targetOf(22), host: 'no-such-host.invalid' }
    const error = await errorOf(connectSsh(target, newServices(), noAbort()))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.message).toContain('name that cannot be resolved')
  })

  it.each([
    { name: 'closes at once', speak: '' },
    { name: 'closes after its banner', speak: 'SSH-2.0-busy\r\n' },
    { name: 'says that it is full', speak: 'Not allowed at this time\r\n' },
  ])('is told apart when it $name', async ({ speak }) => {
    const tcp = await listen((socket) => socket.end(speak))
    const error = await errorOf(connectSsh(targetOf(tcp.port), newServices(), noAbort()))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.message).toContain('closed the connection before the SSH handshake was complete')
    await tcp.untilOpen(0)
  })

  it('is told apart when it is no SSH server', async () => {
    const tcp = await listen((socket) => socket.write('HTTP/1.1 400 Bad Request\rContent-Length: 0\r\n'))
    const error = await errorOf(connectSsh(targetOf(tcp.port), newServices(), noAbort()))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.message).toContain('does not answer as an SSH server')
    await tcp.untilOpen(0)
  })
})
