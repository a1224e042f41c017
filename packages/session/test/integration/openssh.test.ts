import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectSsh, openSshShell, openTelnet } from '../../src/index.js'
import type { SshConnection, SshExit, SshTarget } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'
import { OpenSshLab, whyNoOpenSsh } from '../support/openssh.js'
import type { OpenSshServer } from '../support/openssh.js'
import { newServices, noAbort } from '../support/services.js'
import { StreamReader } from '../support/stream-reader.js'
import { TcpListener } from '../support/tcp-listener.js'

const why = whyNoOpenSsh()
if (why !== undefined) console.log(`Real OpenSSH is not tested here: ${why}.`)

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exit: SshExit
  readonly error?: Error
}

async function run(connection: SshConnection, command: string): Promise<Ran> {
  const process = await connection.exec(command, {}, noAbort())
  const output = { stdout: '', stderr: '' }
  process.onStdout((bytes) => (output.stdout += Buffer.from(bytes).toString()))
  process.onStderr((bytes) => (output.stderr += Buffer.from(bytes).toString()))
  return new Promise((resolve) => {
    process.onExit((exit, error) => resolve({ ...output, exit, ...(error === undefined ? {} : { error }) }))
  })
}

describe.skipIf(why !== undefined)('a real OpenSSH server', () => {
  let lab: OpenSshLab
  let plain: OpenSshServer
  beforeAll(async () => {
    lab = new OpenSshLab()
    plain = await lab.start()
  })
  afterAll(() => lab?.stop())

  const targetOf = (server: OpenSshServer, more: Partial<SshTarget> = {}): SshTarget => ({
    host: '127.0.0.1',
    port: server.port,
    username: lab.user,
    ...more,
  })
  const withPassword = (server: OpenSshServer, more: Partial<SshTarget> = {}): SshTarget =>
    targetOf(server, { password: lab.password, ...more })
  const open = (target: SshTarget): Promise<SshConnection> => connectSsh(target, newServices(), noAbort())

  async function whoAmI(target: SshTarget): Promise<string> {
    const connection = await open(target)
    const { stdout } = await run(connection, 'id -un')
    connection.close()
    return stdout.trim()
  }

  it('gives a shell with the terminal that was asked for', async () => {
    const shell = await openSshShell(withPassword(plain), newServices(), noAbort())
    expect(shell.info.remoteIdent).toMatch(/^OpenSSH_/)
    expect(shell.info.hostKey).toEqual({ type: 'ssh-ed25519', fingerprint: plain.fingerprint('ed25519') })
    const reader = new StreamReader(shell)
    shell.write('stty size; echo "term=$TERM"\n')
    await reader.until('term=vt100')
    expect(reader.text).toContain('1000 511')
    shell.write('exit 4\n')
    expect(await reader.ended).toBeUndefined()
  })

  it.each(['ed25519', 'rsa', 'ecdsa'] as const)('takes the %s key', async (name) => {
    expect(await whoAmI(targetOf(plain, { privateKey: lab.privateKey(name) }))).toBe(lab.user)
  })

  it('takes an encrypted key with its passphrase', async () => {
    const key = { privateKey: lab.privateKey('encrypted') }
    expect((await errorOf(open(targetOf(plain, key)))).code).toBe('INVALID_INPUT')
    expect(await whoAmI(targetOf(plain, { ...key, passphrase: 'open sesame' }))).toBe(lab.user)
  })

  it('takes a key of the agent', async () => {
    expect(await whoAmI(targetOf(plain, { agentSocket: await lab.startAgent() }))).toBe(lab.user)
  })

  it('takes key and password where it wants both', async () => {
    const both = await lab.start(['AuthenticationMethods publickey,password'])
    expect(await whoAmI(withPassword(both, { privateKey: lab.privateKey('ed25519') }))).toBe(lab.user)
    const error = await errorOf(open(withPassword(both)))
    expect(error).toMatchObject({ code: 'AUTH_FAILED', details: { offered: ['publickey'], tried: [] } })
  })

  it('takes a keyboard-interactive login by PAM', async () => {
    const keyboard = await lab.start(['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'])
    expect(await whoAmI(withPassword(keyboard))).toBe(lab.user)
    const error = await errorOf(open(withPassword(keyboard, { password: 'wrong' })))
    expect(error).toMatchObject({ code: 'AUTH_FAILED', details: { tried: ['keyboard-interactive'] } })
  })

  it('refuses a wrong password and says what it offers', async () => {
    const error = await errorOf(open(withPassword(plain, { password: 'wrong' })))
    expect(error.code).toBe('AUTH_FAILED')
    expect(error.details).toMatchObject({
      offered: expect.arrayContaining(['publickey', 'password']),
      tried: ['password'],
    })
    expect(plain.log.match(/Failed password/g)).toHaveLength(1)
  })

  it('with old algorithms only needs legacyAlgorithms', async () => {
    const legacy = await lab.start([
      'KexAlgorithms diffie-hellman-group14-sha1,diffie-hellman-group1-sha1',
      'HostKeyAlgorithms ssh-rsa',
      'PubkeyAcceptedAlgorithms ssh-rsa',
      'Ciphers aes128-cbc,3des-cbc',
      'MACs hmac-sha1',
    ])
    const error = await errorOf(open(withPassword(legacy)))
    expect(error.code).toBe('ALGORITHM_MISMATCH')
    expect(error.message).toContain('diffie-hellman-group14-sha1')
    const connection = await open(withPassword(legacy, { legacyAlgorithms: true }))
    expect(connection.info.algorithms).toMatchObject({
      kex: 'diffie-hellman-group14-sha1',
      hostKey: 'ssh-rsa',
      mac: 'hmac-sha1',
    })
    expect((await run(connection, 'echo ok')).stdout).toBe('ok\n')
    connection.close()
  })

  it('is reached through two jump hosts, each with its own user and host key, which let nothing else through', async () => {
    const device = await lab.start()
    const inner = await lab.start(['AllowTcpForwarding local', `PermitOpen ${device.address}`])
    const outer = await lab.start(['AllowTcpForwarding local', `PermitOpen ${inner.address}`])
    const jumpHosts = [
      withPassword(outer, { username: lab.otherUser }),
      targetOf(inner, { privateKey: lab.privateKey('ed25519') }),
    ]
    const services = newServices()
    const connection = await connectSsh(withPassword(device, { jumpHosts }), services, noAbort())
    expect((await run(connection, 'id -un')).stdout.trim()).toBe(lab.user)
    const pinned = new Map((await services.hostKeys.list()).map((key) => [key.address, key.fingerprint]))
    for (const server of [outer, inner, device]) expect(pinned.get(server.address)).toBe(server.fingerprint('ed25519'))
    connection.close()

    const error = await errorOf(open(withPassword(plain, { jumpHosts })))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.message).toContain(`cannot be reached from ${inner.address}`)
  })

  it('carries telnet to a device, and the end of it when the device closes', async () => {
    const device = await TcpListener.start((socket) => {
      socket.write('login: ')
      socket.on('data', (chunk: Uint8Array) => socket.end(`you said ${Buffer.from(chunk).toString().trim()}`))
    })
    const target = { host: '127.0.0.1', port: device.port, jumpHosts: [withPassword(plain)] }
    const stream = await openTelnet(target, newServices(), noAbort())
    const reader = new StreamReader(stream)
    await reader.until('login: ')
    stream.write('hello\n')
    expect(await reader.ended).toBeUndefined()
    expect(reader.text).toBe('login: you said hello')
    await device.untilOpen(0)
    await device.close()
  })

  it('with changed host keys is refused before any login', async () => {
    const server = await lab.start()
    const services = newServices()
    const old = server.fingerprint('ed25519')
    ;(await connectSsh(withPassword(server), services, noAbort())).close()
    await server.stop()
    server.newHostKeys()
    await server.start()
    const error = await errorOf(connectSsh(withPassword(server), services, noAbort()))
    expect(error.code).toBe('HOST_KEY_CHANGED')
    expect(error.details).toMatchObject({ expectedFingerprint: old, seenFingerprint: server.fingerprint('ed25519') })
    expect(server.log).not.toMatch(/password|invalid user|authenticating/i)
  })

  it('shows the key that is pinned, although it has another that we would prefer', async () => {
    const services = newServices()
    await services.hostKeys.pin(plain.address, { type: 'ssh-rsa', fingerprint: plain.fingerprint('rsa') })
    const connection = await connectSsh(withPassword(plain, { hostKeyPolicy: 'strict' }), services, noAbort())
    expect(connection.info.algorithms.hostKey).toBe('rsa-sha2-512')
    connection.close()
  })

  it('runs commands with status, signal and both outputs', async () => {
    const connection = await open(withPassword(plain))
    expect(await run(connection, 'echo out; echo err >&2; exit 3')).toEqual({
      stdout: 'out\n',
      stderr: 'err\n',
      exit: { status: 3 },
    })
    expect(await run(connection, 'kill -TERM $$')).toMatchObject({ exit: { signal: 'SIGTERM' } })
    connection.close()
  })

  it('opens its SFTP subsystem', async () => {
    const connection = await open(withPassword(plain))
    const sftp = await connection.subsystem('sftp', noAbort())
    const answer = new Promise<Uint8Array>((resolve) => sftp.onData(resolve))
    sftp.write(Uint8Array.of(0, 0, 0, 5, 1, 0, 0, 0, 3)) // SSH_FXP_INIT, version 3
    expect([...(await answer).subarray(4, 9)]).toEqual([2, 0, 0, 0, 3]) // SSH_FXP_VERSION, 3
    connection.close()
  })

  it('exchanges keys anew in the middle of megabytes', async () => {
    const rekey = await lab.start(['RekeyLimit 256K'])
    const connection = await open(withPassword(rekey))
    const { stdout, exit } = await run(connection, 'head -c 4000000 /dev/zero | tr "\\0" x')
    expect([stdout.length, exit]).toEqual([4_000_000, { status: 0 }])
    connection.close()
  })

  it('with MaxSessions 1 refuses a second channel and keeps the first', async () => {
    const one = await lab.start(['MaxSessions 1'])
    const connection = await open(withPassword(one))
    const shell = await connection.shell({}, noAbort())
    expect((await errorOf(connection.shell({}, noAbort()))).code).toBe('CHANNEL_REFUSED')
    const reader = new StreamReader(shell)
    shell.write('echo "still $((40 + 2))"\n')
    await reader.until('still 42')
    connection.close()
  })

  it('that takes no more connections is told apart', async () => {
    const busy = await lab.start(['MaxStartups 1:100:1', 'LoginGraceTime 60'])
    const holder = connect(busy.port, '127.0.0.1')
    await once(holder, 'data') // its banner: it counts as a start-up now
    const error = await errorOf(open(withPassword(busy)))
    expect(error.code).toBe('CONNECT_FAILED')
    expect(error.message).toContain('too many sessions')
    holder.destroy()
  })

  it('that asks whether we live gets its answer', async () => {
    const alive = await lab.start(['ClientAliveInterval 1', 'ClientAliveCountMax 1'])
    const connection = await open(withPassword(alive))
    expect(await run(connection, 'sleep 3.5; echo alive')).toMatchObject({ stdout: 'alive\n', exit: { status: 0 } })
    connection.close()
  })

  it('that drops us in the middle of a command and a shell ends both with SESSION_LOST', async () => {
    const server = await lab.start()
    const connection = await open(withPassword(server))
    const reader = new StreamReader(await connection.shell({}, noAbort()))
    const process = await connection.exec('echo working; sleep 60', {}, noAbort())
    const working = new Promise((resolve) => process.onStdout(resolve))
    const end = new Promise((resolve) => process.onExit((exit, error) => resolve({ exit, error })))
    await working
    server.dropSessions()
    expect(await end).toEqual({ exit: {}, error: expect.objectContaining({ code: 'SESSION_LOST' }) })
    expect(await reader.ended).toMatchObject({ code: 'SESSION_LOST' })
  })

  it('that freezes is found by keepalive', async () => {
    const server = await lab.start()
    const keepalive = { keepaliveIntervalMs: 100, keepaliveMaxMisses: 2 }
    const reader = new StreamReader(await openSshShell(withPassword(server, keepalive), newServices(), noAbort()))
    server.freeze()
    expect(await reader.ended).toMatchObject({ code: 'SESSION_LOST', details: { reason: 'KEEPALIVE' } })
  })

  it('that is frozen before its banner is left at the limit', async () => {
    const server = await lab.start()
    server.freezeListener()
    const error = await errorOf(open(withPassword(server, { bannerTimeoutMs: 200 })))
    expect(error).toMatchObject({ code: 'CONNECT_TIMEOUT', details: { timeout: 'banner_timeout' } })
  })
})
