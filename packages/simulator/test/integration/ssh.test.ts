import { once } from 'node:events'
import ssh2 from 'ssh2'
import type { ClientChannel } from 'ssh2'
import { afterEach, describe, expect, it } from 'vitest'
import type { Simulator } from '../../src/simulator.js'
import { startSimulator } from '../../src/simulator.js'
import type { DeviceSpec } from '../../src/spec.js'
import { connectTo, openTerminal, shellOf } from '../support/ssh-terminal.js'

let simulator: Simulator | undefined

afterEach(async () => {
  await simulator?.stop()
  simulator = undefined
})

async function start(spec: Partial<DeviceSpec> = {}) {
  simulator = await startSimulator({ devices: [{ name: 'r1', platform: 'cisco_iosxe', ...spec }] })
  return simulator.device('r1')
}

describe('login over SSH', () => {
  it('takes the right password and counts the login', async () => {
    const device = await start()
    const terminal = await openTerminal(device)
    expect(terminal.text).toBe('r1#')
    expect(device.stats).toMatchObject({ connections: 1, openConnections: 1, logins: 1, authFailures: 0 })
    await terminal.close()
    await device.whenIdle()
    expect(device.stats).toMatchObject({ openConnections: 0, maxOpenConnections: 1 })
  })

  it('refuses a wrong password', async () => {
    const device = await start({ auth: ['password'] })
    const failure = device.next('authFailure')
    await expect(connectTo(device, { password: 'wrong' })).rejects.toMatchObject({ level: 'client-authentication' })
    expect(await failure).toMatchObject({ user: 'admin', method: 'password' })
    expect(device.stats).toMatchObject({ logins: 0, authFailures: 1 })
  })

  it('refuses as many right logins as it is told to', async () => {
    const device = await start({ auth: ['password'], refuseLogins: 1 })
    await expect(connectTo(device)).rejects.toThrow()
    const terminal = await openTerminal(device)
    await terminal.close()
    expect(device.stats).toMatchObject({ logins: 1, authFailures: 1 })
  })

  it('asks keyboard-interactively when nothing else is offered', async () => {
    const device = await start({ auth: ['keyboard-interactive'] })
    const client = new ssh2.Client()
    client.on('keyboard-interactive', (...[, , , prompts, finish]) => {
      finish(prompts[0]?.prompt === 'Password: ' ? [device.password] : [])
    })
    const ready = once(client, 'ready')
    client.connect({ host: device.host, port: device.port, username: 'admin', tryKeyboard: true })
    await ready
    client.end()
    await device.whenIdle()
    expect(device.stats.logins).toBe(1)
  })

  it('takes an authorised key and no other', async () => {
    const newKey = () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
    const [good, bad] = [newKey(), newKey()]
    const device = await start({ authorizedKeys: [good.public], auth: ['publickey'] })
    const login = (privateKey: string) => connectTo(device, { privateKey, password: undefined as unknown as string })
    await expect(login(bad.private)).rejects.toThrow()
    const { client, closed } = await login(good.private)
    client.end()
    await closed
    expect(device.stats.logins).toBe(1)
  })

  it('shows its banner before the login and its message of the day after it', async () => {
    const device = await start({ banner: 'keep out\n', motd: 'welcome\n' })
    const client = new ssh2.Client()
    const [banner, ready] = [once(client, 'banner'), once(client, 'ready')]
    const { host, port, username, password } = device
    client.connect({ host, port, username, password })
    expect(String((await banner)[0])).toContain('keep out')
    await ready
    client.end()
    await device.whenIdle()
    const terminal = await openTerminal(device)
    expect(terminal.text).toBe('welcome\r\nr1#')
    await terminal.close()
  })

  it('knows further accounts with their own rights', async () => {
    const device = await start({ users: [{ username: 'eve', password: 'x', privilege: 1 }] })
    const terminal = await openTerminal(device, { username: 'eve', password: 'x' })
    expect(terminal.text).toBe('r1>')
    expect(await terminal.type('show version | include identity\n')).toContain('user=eve')
    await terminal.close()
  })

  it('starts below the privileged mode when it has a secret, which enable asks for', async () => {
    const device = await start({ secret: 'top' })
    const terminal = await openTerminal(device)
    expect(await terminal.type('enable\n', /Password: $/)).toBe('enable\r\nPassword: ')
    expect(await terminal.type('top\n')).toBe('\r\nr1#')
    await terminal.close()
  })
})

describe('host keys', () => {
  const fingerprintSeenBy = async (device: Parameters<typeof connectTo>[0]): Promise<string> => {
    let seen = ''
    const hostVerifier = (hash: string): boolean => ((seen = hash), true)
    const { client, closed } = await connectTo(device, { hostHash: 'sha256', hostVerifier })
    client.end()
    await closed
    return Buffer.from(seen, 'hex').toString('base64').replace(/=+$/, '')
  }

  it('are shown to clients as the device says, and change when rotated', async () => {
    const device = await start()
    const before = device.hostKeyFingerprint
    expect(await fingerprintSeenBy(device)).toBe(before)
    const after = device.rotateHostKey()
    expect(after).not.toBe(before)
    expect(await fingerprintSeenBy(device)).toBe(after)
  })

  it('are those that were given', async () => {
    const { private: hostKey } = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })
    const device = await start({ hostKey })
    expect(await fingerprintSeenBy(device)).toBe(device.hostKeyFingerprint)
    await expect(simulator?.add({ name: 'r2', platform: 'cisco_iosxe', hostKey: 'none' })).rejects.toMatchObject({
      code: 'INVALID_HOST_KEY',
    })
  })
})

describe('a session', () => {
  it('takes configuration, counted by line and session, and keeps it when saved', async () => {
    const device = await start()
    for (const name of ['r2', 'r3']) {
      const terminal = await openTerminal(device)
      for (const line of ['configure terminal', `hostname ${name}`, 'interface Loopback1', 'end', 'write memory']) {
        await terminal.type(`${line}\n`)
      }
      await terminal.close()
    }
    expect(device.hostname).toBe('r3')
    expect(device.startupConfig).toBe(device.runningConfig)
    expect(device.stats.saves).toBe(2)
    expect(device.stats.configLines.map(({ line, session }) => `${session} ${line}`)).toEqual([
      '1 hostname r2',
      '1 interface Loopback1',
      '2 hostname r3',
      '2 interface Loopback1',
    ])
    expect(device.stats.appliedCount('interface Loopback1')).toBe(2)
    expect(device.stats.configLineCounts().get('hostname r2')).toBe(1)
  })

  it('pages by the rows of the client until told otherwise', async () => {
    const terminal = await openTerminal(await start(), { rows: 10 })
    const first = await terminal.type('show running-config\n', /--More-- $/)
    expect(first.split('\r\n')).toHaveLength(1 + 9 + 1)
    await terminal.type('q')
    await terminal.type('terminal length 0\n')
    expect(await terminal.type('show running-config\n')).not.toContain('--More--')
    await terminal.close()
  })

  it('ends with exit, and the device hangs up', async () => {
    const device = await start()
    const terminal = await openTerminal(device)
    terminal.type('exit\n').catch(() => {})
    await terminal.closed
    await device.whenIdle()
  })

  it('takes lines that the client splits anywhere, also inside a character', async () => {
    const device = await start()
    const { client, closed } = await connectTo(device)
    const channel = await shellOf(client)
    const typed = Buffer.from('conf t\ninterface Loopback1\ndescription zürich ✓\nend\n')
    const applied = device.nextConfigLine(/description/)
    for (const byte of typed) channel.write(Buffer.from([byte]))
    expect((await applied).line).toBe('description zürich ✓')
    client.end()
    await closed
  })

  it('gets output of megabytes whole', async () => {
    const device = await start({
      script: { onLine: (line) => (line === 'show big' ? 'x'.repeat(99) + '\n' : undefined) },
    })
    const big = `${'y'.repeat(199)}\n`.repeat(20_000)
    device.script({ onLine: (line) => (line === 'show big' ? big : undefined) })
    device.behave({ pager: false })
    const terminal = await openTerminal(device)
    const text = await terminal.type('show big\n', /r1#$/)
    expect(text.length).toBe('show big\r\n'.length + 20_000 * 201 + 'r1#'.length)
    await terminal.close()
  })

  it('reads new behaviour from the next line on', async () => {
    const device = await start()
    const terminal = await openTerminal(device)
    device.behave({ refuse: [/^show clock/] })
    expect(await terminal.type('show clock\n')).toContain('% Invalid input')
    device.behave({ refuse: [] })
    expect(await terminal.type('show clock\n')).toContain('UTC')
    expect(device.stats.refusals).toBe(1)
    await terminal.close()
  })

  it('prints log messages that the device is told to print', async () => {
    const device = await start()
    const terminal = await openTerminal(device)
    device.syslog('%SYS-5-RESTART: restarted')
    expect(await terminal.until(/restarted\r\nr1#$/)).toBe('\r\n%SYS-5-RESTART: restarted\r\nr1#')
    await terminal.close()
  })
})

describe('faults', () => {
  it('at connect: the client gets no byte', async () => {
    const device = await start({ faults: [{ at: 'connect' }] })
    await expect(connectTo(device)).rejects.toThrow()
    expect(device.stats).toMatchObject({ connections: 1, logins: 0 })
    await (await openTerminal(device)).close()
  })

  it('after the login: the client gets no prompt', async () => {
    const device = await start({ faults: [{ at: 'login' }] })
    const { client, closed } = await connectTo(device)
    client.shell(() => {})
    await closed
    expect(device.stats.logins).toBe(1)
  })

  it.each([{ action: 'close' as const }, { action: 'reset' as const }])(
    'in the middle of an answer, with $action',
    async ({ action }) => {
      const device = await start()
      const terminal = await openTerminal(device)
      device.fail({ at: 'command', match: /version/, afterBytes: 40, action })
      terminal.type('show version\n').catch(() => {})
      await terminal.closed
      if (action === 'close') expect(terminal.text).toHaveLength('r1#'.length + 40)
      await device.whenIdle()
    },
  )

  it('after a commit was sent and before it is acknowledged', async () => {
    simulator = await startSimulator({ devices: [{ name: 'j1', platform: 'juniper_junos' }] })
    const device = simulator.device('j1')
    const terminal = await openTerminal(device)
    await terminal.type('configure\n')
    await terminal.type('set system host-name j2\n')
    device.fail({ at: 'commit' })
    terminal.type('commit\n').catch(() => {})
    await terminal.closed
    expect(device.hostname).toBe('j2')
    expect(device.stats.commits).toBe(1)
  })

  it('frozen: the connection is open and silent until it is thawed', async () => {
    const device = await start()
    const terminal = await openTerminal(device)
    device.freeze()
    const answer = terminal.type('show clock\n')
    // A whole round trip with another device's socket proves that the frozen one had time to answer.
    const other = await simulator?.add({ name: 'r2', platform: 'cisco_iosxe' })
    if (other !== undefined) await (await openTerminal(other)).close()
    expect(terminal.text).toBe('r1#')
    device.thaw()
    expect(await answer).toContain('UTC')
    await terminal.close()
  })

  it('more connections than it allows: the further one is closed', async () => {
    const device = await start({ maxSessions: 1 })
    const terminal = await openTerminal(device)
    await expect(connectTo(device)).rejects.toThrow()
    expect(device.stats).toMatchObject({ connections: 1, refusedConnections: 1 })
    await terminal.close()
    await device.whenIdle()
    await (await openTerminal(device)).close()
  })

  it('dropped by hand', async () => {
    const device = await start()
    const terminal = await openTerminal(device)
    const gone = device.next('disconnection')
    device.dropConnections()
    await terminal.closed
    expect(await gone).toEqual({ session: 1 })
  })
})

describe('signals', () => {
  it('tell what happens, in order, to those who wait', async () => {
    const device = await start()
    const [connection, login, line] = [device.nextConnection(), device.next('login'), device.nextCommand(/clock/)]
    const terminal = await openTerminal(device)
    expect(await connection).toEqual({ session: 1 })
    expect(await login).toEqual({ session: 1, user: 'admin' })
    await terminal.type('show clock\n')
    expect(await line).toMatchObject({ line: 'show clock', kind: 'command', mode: 'exec', session: 1, user: 'admin' })
    await terminal.close()
  })

  it('end a wait when the device stops, and when its signal is aborted', async () => {
    const device = await start()
    const reason = new Error('enough')
    const aborted = expect(device.nextCommand(/x/, AbortSignal.abort(reason))).rejects.toBe(reason)
    const stopped = expect(device.nextCommand(/x/)).rejects.toMatchObject({ code: 'SIMULATOR_STOPPED' })
    await device.remove()
    await Promise.all([aborted, stopped])
  })
})

describe('exec requests', () => {
  const run = async (channel: ClientChannel): Promise<{ out: string; err: string; status: number }> => {
    let [out, err] = ['', '']
    channel.on('data', (bytes: Buffer) => (out += bytes.toString()))
    channel.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
    const [status] = (await once(channel, 'close')) as [number]
    return { out, err, status }
  }
  const exec = async (spec: Partial<DeviceSpec>, command: string) => {
    const device = await start(spec)
    const { client, closed } = await connectTo(device)
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened)))
    })
    const result = await run(channel)
    client.end()
    await closed
    return result
  }

  it('answer with output, errors and exit status apart', async () => {
    const linux = { platform: 'linux', identity: false }
    expect(await exec(linux, 'hostname; cat /none')).toEqual({
      out: 'r1\n',
      err: 'cat: /none: No such file or directory\n',
      status: 1,
    })
  })

  it('fail when the command asks something', async () => {
    const { err, status } = await exec({ platform: 'linux' }, 'sudo whoami')
    expect(err).toBe('a terminal is required to answer "[sudo] password for admin:"\n')
    expect(status).toBe(1)
  })

  it('meet faults and scripts as terminals do', async () => {
    const device = await start({ platform: 'linux', identity: false })
    device.script({ onLine: (line, { user }) => (line === 'magic' ? Promise.resolve(`for ${user}\n`) : undefined) })
    const { client, closed } = await connectTo(device)
    const open = (command: string): Promise<ClientChannel> =>
      new Promise((resolve, reject) => {
        client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened)))
      })
    expect(await run(await open('magic'))).toEqual({ out: 'for admin\n', err: '', status: 0 })
    device.fail({ at: 'command', match: /echo/ })
    await open('echo x > /tmp/x')
    await closed
    expect(device.runningConfig).toContain('# /tmp/x\nx\n')
  })

  it('have no echo, pager or prompt on a network device', async () => {
    const { out, status } = await exec({ identity: false }, 'show privilege')
    expect({ out, status }).toEqual({ out: 'Current privilege level is 15\n', status: 0 })
  })
})

describe('jump host', () => {
  it('connects on to another device', async () => {
    const jump = await start({ name: 'r1', platform: 'linux', jump: true })
    const target = await simulator?.add({ name: 'r2', platform: 'cisco_iosxe' })
    if (target === undefined) throw new Error('no target')
    const { client, closed } = await connectTo(jump)
    const sock = await new Promise<ClientChannel>((resolve, reject) => {
      client.forwardOut('127.0.0.1', 1, target.host, target.port, (error, channel) =>
        error ? reject(error) : resolve(channel),
      )
    })
    const terminal = await openTerminal(target, { sock })
    expect(await terminal.type('show version | include identity\n')).toContain('device=r2')
    await terminal.close()
    client.end()
    await closed
  })

  it('is no jump host unless told so', async () => {
    const { client, closed } = await connectTo(await start())
    const refused = new Promise((resolve) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', 1, resolve))
    expect(await refused).toBeInstanceOf(Error)
    client.end()
    await closed
  })
})
