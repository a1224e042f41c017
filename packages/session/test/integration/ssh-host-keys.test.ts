import { createConnection } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '@netpulse/core'
import type { JsonObject, Logger } from '@netpulse/core'
import { connectSsh, createMemoryHostKeyStore } from '../../src/index.js'
import type { SshServices, SshTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { newKey, TestSshServer } from '../support/ssh-server.js'
import type { TestServerOptions } from '../support/ssh-server.js'
import { TcpListener } from '../support/tcp-listener.js'

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

async function connect(server: TestSshServer, services: SshServices, more: Partial<SshTarget> = {}): Promise<void> {
  const connection = await connectSsh(targetOf(server, more), services, noAbort())
  connection.close()
}

describe('the host key policy tofu', () => {
  it('pins the first key, and takes it the next time', async () => {
    const server = await serve()
    const services = newServices()
    await connect(server, services)
    const pinned = await services.hostKeys.find(server.address)
    expect(pinned).toMatchObject({ type: 'ssh-ed25519', fingerprint: server.hostKeys[0]!.fingerprint })
    await connect(server, services)
    expect(await services.hostKeys.list()).toEqual([pinned])
  })

  it('refuses another key before any login is sent, with both fingerprints', async () => {
    const server = await serve()
    const services = newServices()
    const old = { type: 'ssh-ed25519', fingerprint: 'o'.repeat(43) }
    await services.hostKeys.pin(server.address, old)
    const error = await errorOf(connectSsh(targetOf(server), services, noAbort()))
    expect(error.code).toBe('HOST_KEY_CHANGED')
    expect(error.details).toEqual({
      hop: 'device',
      address: server.address,
      pinAddress: server.address,
      expectedType: 'ssh-ed25519',
      expectedFingerprint: old.fingerprint,
      seenType: 'ssh-ed25519',
      seenFingerprint: server.hostKeys[0]!.fingerprint,
    })
    await server.tcp.untilOpen(0)
    expect(server.attempts).toEqual([])
    expect((await services.hostKeys.find(server.address))?.fingerprint).toBe(old.fingerprint)
  })

  it('asks for the type of key that is pinned, so that a server with several shows that one', async () => {
    const [ed25519, rsa, ecdsa] = [newKey('ed25519'), newKey('rsa'), newKey('ecdsa')]
    const server = await serve({ hostKeys: [ed25519, rsa, ecdsa] })
    for (const [type, key] of [
      ['ssh-rsa', rsa],
      ['ecdsa-sha2-nistp256', ecdsa],
      ['ssh-ed25519', ed25519],
    ] as const) {
      const services = newServices()
      await services.hostKeys.pin(server.address, { type, fingerprint: key.fingerprint })
      const connection = await connectSsh(targetOf(server), services, noAbort())
      expect(connection.info.hostKey).toEqual({ type, fingerprint: key.fingerprint })
      connection.close()
    }
  })

  it('trusts one key only when two first connections see two', async () => {
    const [one, two] = [await serve(), await serve()]
    const services = newServices()
    const outcomes = await Promise.allSettled(
      [one, two].map((server) => connect(server, services, { hostKeyAddress: 'site-a/r1' })),
    )
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    const loser = outcomes.find((outcome) => outcome.status === 'rejected')
    expect(loser?.reason).toMatchObject({ code: 'HOST_KEY_CHANGED' })
    expect([...one.passwords, ...two.passwords]).toHaveLength(1)
    expect(await services.hostKeys.list()).toHaveLength(1)
  })

  it('pins nothing of a server that shows the key of another', async () => {
    const server = await serve()
    const [own, stolen] = [server.hostKeys[0]!, newKey()].map((key) => Buffer.from(key.blob, 'base64')) as [
      Buffer,
      Buffer,
    ]
    const thief = await TcpListener.start((socket) => {
      const onward = createConnection(server.port, '127.0.0.1')
      socket.pipe(onward).on('error', () => socket.destroy())
      onward.on('close', () => socket.destroy())
      onward.on('data', (chunk) => {
        const at = chunk.indexOf(own)
        if (at >= 0) chunk.set(stolen, at)
        socket.write(chunk)
      })
    })
    const services = newServices()
    const error = await errorOf(connectSsh({ ...targetOf(server), port: thief.port }, services, noAbort()))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.message).toContain('signature')
    expect(await services.hostKeys.list()).toEqual([])
    expect(server.attempts).toEqual([])
    await thief.close()
  })

  it('fails the connection with the store’s error when the key cannot be pinned', async () => {
    const server = await serve()
    const services = newServices()
    services.hostKeys.pin = () => Promise.reject(new Error('disk full'))
    await expect(connect(server, services)).rejects.toThrow('disk full')
    await server.tcp.untilOpen(0)
    expect(server.attempts).toEqual([])
  })

  it('takes any number of key exchanges of one connection', async () => {
    const server = await serve({ onShell: (channel, connection) => connection.rekey(() => channel.write('rekeyed')) })
    const services = newServices()
    const connection = await connectSsh(targetOf(server), services, noAbort())
    await services.hostKeys.remove(server.address) // a later exchange compares with what the first one showed
    const shell = await connection.shell({}, noAbort())
    const text = await new Promise<string>((resolve) => shell.onData((bytes) => resolve(Buffer.from(bytes).toString())))
    expect(text).toBe('rekeyed')
    connection.close()
  })
})

describe('the host key policy strict', () => {
  const strict = { hostKeyPolicy: 'strict' } as const

  it('refuses an unknown key before any login, and tells it so that it can be pinned', async () => {
    const server = await serve()
    const services = newServices()
    const error = await errorOf(connectSsh(targetOf(server, strict), services, noAbort()))
    expect(error.code).toBe('HOST_KEY_UNKNOWN')
    const { seenType, seenFingerprint, pinAddress } = error.details as Record<string, string>
    await server.tcp.untilOpen(0)
    expect(server.attempts).toEqual([])
    expect(await services.hostKeys.list()).toEqual([])

    await services.hostKeys.pin(pinAddress!, { type: seenType!, fingerprint: seenFingerprint! })
    await connect(server, services, strict)
    expect(server.attempts).toEqual(['none', 'password'])
  })
})

describe('the host key policy off', () => {
  it('takes any key, pins none, and logs a warning', async () => {
    const server = await serve()
    const hostKeys = createMemoryHostKeyStore()
    await hostKeys.pin(server.address, { type: 'ssh-ed25519', fingerprint: 'o'.repeat(43) })
    const warnings: JsonObject[] = []
    const log: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields) }
    await connect(server, { clock: systemClock, hostKeys, log }, { hostKeyPolicy: 'off' })
    expect(warnings).toEqual([expect.objectContaining({ fingerprint: server.hostKeys[0]!.fingerprint, hop: 'device' })])
    expect((await hostKeys.list()).map((key) => key.fingerprint)).toEqual(['o'.repeat(43)])
  })
})
