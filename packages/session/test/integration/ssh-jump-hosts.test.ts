import { afterEach, describe, expect, it } from 'vitest'
import { connectSsh, openSshShell } from '../../src/index.js'
import type { SshEndpoint, SshTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { newServices, noAbort } from '../support/services.js'
import { newKey, TestSshServer } from '../support/ssh-server.js'
import type { TestServerOptions } from '../support/ssh-server.js'
import { StreamReader } from '../support/stream-reader.js'

const servers: TestSshServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

const loginOf =
  (name: string): NonNullable<TestServerOptions['onAuth']> =>
  (context) => {
    if (context.method === 'password' && context.username === name && context.password === `${name}-pass`)
      context.accept()
    else context.reject(['password'])
  }

interface Chain {
  readonly outer: TestSshServer
  readonly inner: TestSshServer
  readonly device: TestSshServer
  readonly all: readonly TestSshServer[]
  readonly target: SshTarget & { readonly jumpHosts: readonly [SshEndpoint, SshEndpoint] }
}

const endpoint = (server: TestSshServer, name: string): SshEndpoint => ({
  host: '127.0.0.1',
  port: server.port,
  username: name,
  password: `${name}-pass`,
})

/** Two jump hosts and a device, each with its own login and host key. */
async function chain(more: { device?: TestServerOptions; inner?: TestServerOptions } = {}): Promise<Chain> {
  const outer = await TestSshServer.start({ forward: true, onAuth: loginOf('outer'), ident: 'outer' })
  const inner = await TestSshServer.start({
    forward: true,
    onAuth: loginOf('inner'),
    ident: 'inner',
    hostKeys: [newKey('ecdsa')],
    ...more.inner,
  })
  const device = await TestSshServer.start({ onAuth: loginOf('device'), ident: 'device', ...more.device })
  const all = [outer, inner, device]
  servers.push(...all)
  const jumpHosts = [endpoint(outer, 'outer'), endpoint(inner, 'inner')] as const
  return { outer, inner, device, all, target: { ...endpoint(device, 'device'), jumpHosts } }
}

const untilAllClosed = (all: readonly TestSshServer[]): Promise<unknown> =>
  Promise.all(all.map((server) => server.tcp.untilOpen(0)))

describe('a connection through two jump hosts', () => {
  it('logs in to each with its own credentials and checks each host key', async () => {
    const { outer, inner, device, all, target } = await chain()
    const services = newServices()
    const shell = await openSshShell(target, services, noAbort())
    const reader = new StreamReader(shell)
    shell.write('through two')
    await reader.until('through two')

    expect([outer.passwords, inner.passwords, device.passwords]).toEqual([
      ['outer-pass'],
      ['inner-pass'],
      ['device-pass'],
    ])
    expect(shell.jumpHosts.map((hop) => hop.remoteIdent)).toEqual(['outer', 'inner'])
    expect(shell.info.remoteIdent).toBe('device')
    const pinned = new Map((await services.hostKeys.list()).map((key) => [key.address, key.fingerprint]))
    expect(pinned).toEqual(new Map(all.map((server) => [server.address, server.hostKeys[0]!.fingerprint])))

    shell.close()
    expect(await reader.ended).toBeUndefined()
    await untilAllClosed(all)
  })

  it.each([0, 1, 2])('names hop %i when its login is refused, and leaves nothing open', async (index) => {
    const { all, target } = await chain()
    const [outer, inner] = target.jumpHosts
    const bad = { password: 'wrong' }
    const target2 = [
      { ...target, jumpHosts: [{ ...outer, ...bad }, inner] },
      { ...target, jumpHosts: [outer, { ...inner, ...bad }] },
      { ...target, ...bad },
    ][index]!
    const error = await errorOf(connectSsh(target2, newServices(), noAbort()))
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.message).toContain(
      [`Jump host 1 (${all[0]!.address})`, `Jump host 2 (${all[1]!.address})`, `Device ${all[2]!.address}`][index],
    )
    expect(error.details).toMatchObject(index < 2 ? { hop: 'jump_host', jumpHost: index + 1 } : { hop: 'device' })
    await untilAllClosed(all)
  })

  it('refuses a changed key of the second jump host before its password is sent', async () => {
    const { outer, inner, device, all, target } = await chain()
    const services = newServices()
    await services.hostKeys.pin(inner.address, { type: 'ssh-ed25519', fingerprint: 'o'.repeat(43) })
    const error = await errorOf(connectSsh(target, services, noAbort()))
    expect(error.code).toBe('HOST_KEY_CHANGED')
    expect(error.message).toContain('Jump host 2')
    await untilAllClosed(all)
    expect([outer.attempts.length, inner.attempts, device.attempts]).toEqual([2, [], []])
  })

  it('has a policy for each hop', async () => {
    const { target } = await chain()
    const [outer, inner] = target.jumpHosts
    const jumpHosts = [
      { ...outer, hostKeyPolicy: 'off' as const },
      { ...inner, hostKeyPolicy: 'strict' as const },
    ]
    const error = await errorOf(connectSsh({ ...target, jumpHosts }, newServices(), noAbort()))
    expect(error).toMatchObject({ code: 'HOST_KEY_UNKNOWN', details: { jumpHost: 2 } })
  })

  it('says from where a device cannot be reached', async () => {
    const { inner, device, all, target } = await chain()
    const gone = device.address
    await device.close()
    servers.splice(servers.indexOf(device), 1)
    const error = await errorOf(connectSsh(target, newServices(), noAbort()))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.message).toContain(`Device ${gone} cannot be reached from ${inner.address}`)
    await untilAllClosed(all.slice(0, 2))
  })

  it('has a limit for a hop that stays silent', async () => {
    const { all, target } = await chain({ device: { onAuth: () => undefined } })
    const error = await errorOf(connectSsh({ ...target, authTimeoutMs: 100 }, newServices(), noAbort()))
    expect(error.code).toBe('CONNECT_TIMEOUT')
    expect(error.message).toContain('Device')
    await untilAllClosed(all)
  })

  it.each([
    { name: 'the first jump host', index: 0, says: 'Jump host 1' },
    { name: 'the second jump host', index: 1, says: 'Jump host 2' },
    { name: 'the device', index: 2, says: 'Device' },
  ])('is lost as a whole when $name drops it', async ({ index, says }) => {
    const { all, target } = await chain()
    const shell = await openSshShell(target, newServices(), noAbort())
    const reader = new StreamReader(shell)
    all[index]!.tcp.drop()
    const error = await reader.ended
    expect(error).toMatchObject({ code: 'SESSION_LOST' })
    if (index === 0) expect(error?.message).toContain(says)
    await untilAllClosed(all)
  })

  it('survives a loss with compression on every hop', async () => {
    const { all, outer, target } = await chain()
    const compressed = {
      ...target,
      compress: true,
      jumpHosts: target.jumpHosts.map((hop) => ({ ...hop, compress: true })),
    }
    const shell = await openSshShell(compressed, newServices(), noAbort())
    const reader = new StreamReader(shell)
    shell.write('squeezed')
    await reader.until('squeezed')
    outer.tcp.drop()
    expect(await reader.ended).toMatchObject({ code: 'SESSION_LOST' })
    shell.write('into nothing')
    shell.close()
    await untilAllClosed(all)
  })

  it('names the jump host that dropped during the login to the device', async () => {
    const holder: { drop?: () => void } = {}
    const { all, outer, target } = await chain({ device: { onAuth: () => holder.drop?.() } })
    holder.drop = () => outer.tcp.drop()
    const error = await errorOf(connectSsh(target, newServices(), noAbort()))
    expect(error).toMatchObject({ code: 'SESSION_LOST', details: { hop: 'jump_host', jumpHost: 1 } })
    await untilAllClosed(all)
  })

  it('sees by keepalive that a device behind it is frozen', async () => {
    const { all, device, target } = await chain()
    const keepalive = { keepaliveIntervalMs: 40, keepaliveMaxMisses: 2 }
    const shell = await openSshShell({ ...target, ...keepalive }, newServices(), noAbort())
    const reader = new StreamReader(shell)
    device.freeze()
    expect(await reader.ended).toMatchObject({ code: 'SESSION_LOST', details: { hop: 'device', reason: 'KEEPALIVE' } })
    for (const socket of device.tcp.open) socket.resume()
    await untilAllClosed(all)
  })
})
