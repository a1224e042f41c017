import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { FakeClock } from '@netpulse/core/testing'
import { connectSsh, openSshShell } from '../../src/index.js'
import type { SshExit, SshTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { TestSshServer } from '../support/ssh-server.js'
import type { TestServerOptions } from '../support/ssh-server.js'
import { StreamReader } from '../support/stream-reader.js'

const servers: TestSshServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function serve(options: TestServerOptions = {}): Promise<TestSshServer> {
  const server = await TestSshServer.start(options)
  servers.push(server)
  return server
}

const targetOf = (server: TestSshServer, more: Partial<SshTarget> = {}): SshTarget => ({
  host: '127.0.0.1',
  port: server.port,
  username: 'netops',
  password: 'secret',
  ...more,
})

describe('an SSH shell', () => {
  it('has a wide, high terminal unless told otherwise', async () => {
    const server = await serve()
    for (const terminal of [undefined, { type: 'dumb', columns: 132, rows: 24 }]) {
      const target = { ...targetOf(server), ...(terminal === undefined ? {} : { terminal }) }
      ;(await openSshShell(target, newServices(), noAbort())).close()
    }
    expect(server.terminals).toEqual([
      { term: 'vt100', cols: 511, rows: 1000 },
      { term: 'dumb', cols: 132, rows: 24 },
    ])
  })

  it('carries bytes both ways, megabytes too', async () => {
    const server = await serve()
    const shell = await openSshShell(targetOf(server), newServices(), noAbort())
    const text = 'x'.repeat(5_000_000)
    let length = 0
    const all = new Promise<void>((resolve) => {
      shell.onData((bytes) => {
        length += bytes.length
        if (length === text.length) resolve()
      })
    })
    shell.write(text)
    await all
    shell.close()
  })

  it('loses nothing of what comes before its listener is set', async () => {
    const server = await serve({
      onShell: (channel) => {
        channel.write('banner and prompt> ')
      },
    })
    const shell = await openSshShell(targetOf(server), newServices(), noAbort())
    await new Promise((resolve) => setImmediate(resolve))
    await new StreamReader(shell).until('banner and prompt> ')
    shell.close()
  })

  it('ends in order when the device logs us out, and drops the connection', async () => {
    const server = await serve({
      onShell: (channel) => {
        channel.write('goodbye')
        channel.exit(0)
        channel.end()
      },
    })
    const shell = await openSshShell(targetOf(server), newServices(), noAbort())
    const reader = new StreamReader(shell)
    expect(await reader.ended).toBeUndefined()
    expect(reader.text).toBe('goodbye')
    await server.tcp.untilOpen(0)
  })

  it('ends with SESSION_LOST when the connection drops, and tells it to a late listener too', async () => {
    const server = await serve()
    const shell = await openSshShell(targetOf(server), newServices(), noAbort())
    const reader = new StreamReader(shell)
    server.tcp.drop()
    const error = await reader.ended
    expect(error).toMatchObject({ code: 'SESSION_LOST', retryable: true, details: { hop: 'device' } })
    expect(await new Promise((resolve) => shell.onEnd(resolve))).toBe(error)
    shell.write('into nothing')
    shell.close()
  })

  it('ends with SESSION_LOST when the device closes the connection under it', async () => {
    const server = await serve({ onShell: (_channel, connection) => connection.end() })
    const shell = await openSshShell(targetOf(server), newServices(), noAbort())
    expect(await new StreamReader(shell).ended).toMatchObject({ code: 'SESSION_LOST' })
  })

  it('closes once, and tells its end once', async () => {
    const server = await serve()
    const shell = await openSshShell(targetOf(server), newServices(), noAbort())
    const ends: (Error | undefined)[] = []
    shell.onEnd((error) => ends.push(error))
    shell.close()
    shell.close()
    await server.tcp.untilOpen(0)
    expect(ends).toEqual([undefined])
  })

  it('is refused with CHANNEL_REFUSED, and the connection is closed', async () => {
    const server = await serve({ refuseShell: true })
    const error = await errorOf(openSshShell(targetOf(server), newServices(), noAbort()))
    expect(error.code).toBe('CHANNEL_REFUSED')
    expect(error.message).toContain('did not open a shell')
    await server.tcp.untilOpen(0)
  })
})

describe('a transport keepalive', () => {
  it('finds a frozen device', async () => {
    const server = await serve()
    const keepalive = { keepaliveIntervalMs: 30, keepaliveMaxMisses: 2 }
    const connection = await connectSsh(targetOf(server, keepalive), newServices(), noAbort())
    const lost = new Promise<Error>((resolve) => connection.onLost(resolve))
    server.freeze()
    const error = await lost
    expect(error).toMatchObject({ code: 'SESSION_LOST', details: { reason: 'KEEPALIVE' } })
    expect(error.message).toContain('did not answer the transport keepalives')
    for (const socket of server.tcp.open) socket.resume()
    await server.tcp.untilOpen(0)
  })

  it('keeps a device that answers', async () => {
    const server = await serve()
    const keepalive = { keepaliveIntervalMs: 10, keepaliveMaxMisses: 1 }
    const connection = await connectSsh(targetOf(server, keepalive), newServices(), noAbort())
    let lost = false
    connection.onLost(() => (lost = true))
    for (let round = 0; round < 20; round++) {
      const stream = await connection.subsystem('echo', noAbort())
      stream.write('ping')
      await new StreamReader(stream).until('ping')
      stream.close()
    }
    expect(lost).toBe(false)
    connection.close()
  })
})

describe('an SSH connection', () => {
  const exitOf = (process: { onExit(listener: (exit: SshExit, error?: Error) => void): void }): Promise<unknown[]> =>
    new Promise((resolve) => process.onExit((...end) => resolve(end)))

  it('runs commands with output, errors and exit status apart', async () => {
    const server = await serve({
      onExec: (channel, command) => {
        channel.write(`ran ${command}`)
        channel.stderr.write('and complained')
        channel.exit(3)
        channel.end()
      },
    })
    const connection = await connectSsh(targetOf(server), newServices(), noAbort())
    const process = await connection.exec('uptime', {}, noAbort())
    const output = { stdout: '', stderr: '' }
    process.onStdout((bytes) => (output.stdout += Buffer.from(bytes).toString()))
    process.onStderr((bytes) => (output.stderr += Buffer.from(bytes).toString()))
    expect(await exitOf(process)).toEqual([{ status: 3 }, undefined])
    expect(output).toEqual({ stdout: 'ran uptime', stderr: 'and complained' })
    connection.close()
  })

  it('tells the end of a command whose output nobody wants', async () => {
    const server = await serve({
      onExec: (channel) => {
        channel.write('x'.repeat(10_000))
        channel.exit(0)
        channel.end()
      },
    })
    const connection = await connectSsh(targetOf(server), newServices(), noAbort())
    expect(await exitOf(await connection.exec('true', {}, noAbort()))).toEqual([{ status: 0 }, undefined])
    connection.close()
  })

  it('passes input and its end to a command', async () => {
    const server = await serve({
      onExec: (channel) => {
        let text = ''
        channel.on('data', (bytes: Buffer) => (text += bytes.toString()))
        channel.on('end', () => {
          channel.write(text.toUpperCase())
          channel.exit(0)
          channel.end()
        })
      },
    })
    const connection = await connectSsh(targetOf(server), newServices(), noAbort())
    const process = await connection.exec('cat', {}, noAbort())
    let output = ''
    process.onStdout((bytes) => (output += Buffer.from(bytes).toString()))
    process.write('shout')
    process.endInput()
    expect(await exitOf(process)).toEqual([{ status: 0 }, undefined])
    expect(output).toBe('SHOUT')
    connection.close()
  })

  it('ends a command with SESSION_LOST when it drops', async () => {
    const server = await serve({ onExec: (channel) => void channel.write('working') })
    const connection = await connectSsh(targetOf(server), newServices(), noAbort())
    const process = await connection.exec('sleep 100', {}, noAbort())
    const exit = exitOf(process)
    server.tcp.drop()
    expect(await exit).toEqual([{}, expect.objectContaining({ code: 'SESSION_LOST' })])
  })

  it('carries several channels, and refuses an unknown subsystem without harm to them', async () => {
    const server = await serve()
    const connection = await connectSsh(targetOf(server), newServices(), noAbort())
    const [one, two] = await Promise.all([connection.subsystem('echo', noAbort()), connection.shell({}, noAbort())])
    const error = await errorOf(connection.subsystem('netconf', noAbort()))
    expect(error).toMatchObject({ code: 'CHANNEL_REFUSED' })
    expect(error.message).toContain('the subsystem netconf')
    for (const stream of [one, two]) {
      stream.write(Uint8Array.of(0, 255, 10))
      await new StreamReader(stream).until('\0\xff\n')
    }
    one.close()
    connection.close()
    await server.tcp.untilOpen(0)
  })

  it('opens nothing after its end', async () => {
    const server = await serve()
    const closed = await connectSsh(targetOf(server), newServices(), noAbort())
    closed.close()
    expect((await errorOf(closed.shell({}, noAbort()))).code).toBe('SESSION_LOST')

    const lost = await connectSsh(targetOf(server), newServices(), noAbort())
    const why = new Promise<Error>((resolve) => lost.onLost(resolve))
    server.tcp.drop()
    expect(await errorOf(lost.shell({}, noAbort()))).toBe(await why)
  })

  it('tells its loss once, also to a listener that comes late, and never after close', async () => {
    const server = await serve()
    const connection = await connectSsh(targetOf(server), newServices(), noAbort())
    const losses: Error[] = []
    connection.onLost((error) => losses.push(error))
    server.tcp.drop()
    await server.tcp.untilOpen(0)
    const late = await new Promise<Error>((resolve) => connection.onLost(resolve))
    expect(losses).toEqual([late])

    const closed = await connectSsh(targetOf(server), newServices(), noAbort())
    closed.onLost((error) => losses.push(error))
    closed.close()
    await server.tcp.untilOpen(0)
    expect(losses).toHaveLength(1)
  })

  it('says goodbye, and drops a peer that does not listen after a second', async () => {
    const server = await serve()
    const services = { ...newServices(), clock: new FakeClock() }
    const connection = await connectSsh(targetOf(server), services, noAbort())
    const shell = await connection.shell({}, noAbort())
    server.freeze()
    for (const socket of server.tcp.open) socket.pause()
    shell.write('x'.repeat(20_000_000)) // more than the buffers of both sides take
    connection.close()
    expect(services.clock.pendingTimers).toBe(1)
    const [socket] = server.tcp.open
    const gone = new Promise<void>((resolve) => socket!.on('close', () => resolve()))
    await services.clock.advance(1000)
    socket!.resume()
    await gone
    expect(services.clock.pendingTimers).toBe(0)
  })
})

describe('the socket of an SSH connection', () => {
  it('has TCP_NODELAY set, and the kernel took it', async () => {
    const calls = await recordNoDelay()
    const server = await serve()
    const connection = await connectSsh(targetOf(server), newServices(), noAbort())
    expect(calls.of(server.port)).toEqual([{ on: true, result: 0 }])
    connection.close()
    calls.restore()
  })

  /** Watches the calls to the operating system below every TCP socket. */
  async function recordNoDelay(): Promise<{ of(port: number): object[]; restore(): void }> {
    interface Handle {
      setNoDelay(on: boolean): number
      getpeername(into: { port?: number }): number
    }
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const handle = (probe as unknown as { _handle: Handle })._handle
    const prototype = Object.getPrototypeOf(handle) as Handle
    probe.close()
    const original = prototype.setNoDelay
    const seen: { port: number | undefined; on: boolean; result: number }[] = []
    prototype.setNoDelay = function (this: Handle, on: boolean) {
      const peer: { port?: number } = {}
      this.getpeername(peer)
      const result = original.call(this, on)
      seen.push({ port: peer.port, on, result })
      return result
    }
    return {
      of: (port) => seen.filter((call) => call.port === port).map(({ on, result }) => ({ on, result })),
      restore: () => {
        prototype.setNoDelay = original
      },
    }
  }
})

/** Sockets whose other side has closed do so within a few turns of the loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a hundred sessions opened and closed', () => {
  it('leave no socket, no timer and no listener', async () => {
    const server = await serve()
    const { signal } = new AbortController()
    const services = { ...newServices(), clock: new FakeClock() }
    const count = (): { sockets: number; timers: number } => {
      const resources = process.getActiveResourcesInfo()
      const of = (name: string): number => resources.filter((resource) => resource === name).length
      return { sockets: of('TCPSocketWrap'), timers: of('Timeout') }
    }
    await settle()
    const before = count()
    for (let round = 0; round < 100; round++) {
      const shell = await openSshShell(targetOf(server, { keepaliveIntervalMs: 60_000 }), services, signal)
      const reader = new StreamReader(shell)
      shell.write('ping')
      await reader.until('ping')
      if (round % 2 === 0) shell.close()
      else server.tcp.drop()
      await reader.ended
    }
    await server.tcp.untilOpen(0)
    await settle()
    const after = count()
    expect(after.sockets).toBe(before.sockets)
    expect(after.timers).toBeLessThanOrEqual(before.timers)
    expect(services.clock.pendingTimers).toBe(0)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
