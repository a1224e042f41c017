import { once } from 'node:events'
import { connect } from 'node:net'
import { loadSession } from '@netpulse/platforms/testing'
import { describe, expect, it } from 'vitest'
import { startSimulator } from '../../src/simulator.js'
import { openTerminal } from '../support/ssh-terminal.js'

/** Sockets and servers that are open in this process, by Node's own account. Its timers are also the test runner's. */
const openHandles = (): number => process.getActiveResourcesInfo().filter((name) => /^TCP/.test(name)).length

describe('simulator', () => {
  it('runs a thousand devices at once and leaves nothing behind', async () => {
    const before = openHandles()
    const devices = Array.from({ length: 1000 }, (_, index) => ({ name: `r${index}`, platform: 'cisco_iosxe' }))
    const simulator = await startSimulator({ devices })
    expect(new Set(simulator.devices.map(({ port }) => port)).size).toBe(1000)
    const some = [0, 250, 500, 999].map((index) => simulator.device(`r${index}`))
    const terminals = await Promise.all(some.map((device) => openTerminal(device)))
    for (const [index, terminal] of terminals.entries()) {
      expect(await terminal.type('show version | include identity\n')).toContain(`device=${some[index]?.name} `)
    }
    await simulator.stop()
    await Promise.all(terminals.map(({ closed }) => closed))
    expect(openHandles()).toBe(before)
  })

  it('stops twice as well as once, and starts no device afterwards', async () => {
    const simulator = await startSimulator({ devices: [{ name: 'r1', platform: 'cisco_iosxe' }] })
    const { port } = simulator.device('r1')
    await Promise.all([simulator.stop(), simulator.stop()])
    await simulator.stop()
    const socket = connect({ host: '127.0.0.1', port })
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
    await expect(simulator.add({ name: 'r2', platform: 'cisco_iosxe' })).rejects.toMatchObject({
      code: 'SIMULATOR_STOPPED',
    })
  })

  it('ends devices with clients that are frozen or half open', async () => {
    const simulator = await startSimulator({ devices: [{ name: 'r1', platform: 'cisco_iosxe' }] })
    const device = simulator.device('r1')
    const terminal = await openTerminal(device)
    device.freeze()
    const silent = connect({ host: device.host, port: device.port, allowHalfOpen: true })
    await device.nextConnection()
    silent.on('error', () => {}) // a reset is one way to be ended
    await simulator.stop()
    await terminal.closed
    silent.destroy()
  })

  it('takes devices away while others go on', async () => {
    await using simulator = await startSimulator({
      devices: [
        { name: 'r1', platform: 'cisco_iosxe' },
        { name: 'r2', platform: 'cisco_iosxe' },
      ],
    })
    await simulator.device('r1').remove()
    expect(simulator.devices.map(({ name }) => name)).toEqual(['r2'])
    expect(() => simulator.device('r1')).toThrow(/no device "r1"/)
    await (await openTerminal(simulator.device('r2'))).close()
  })

  it('puts many devices on one port of different loopback addresses', async () => {
    await using simulator = await startSimulator()
    const first = await simulator.add({ name: 'r1', platform: 'cisco_iosxe', host: '127.0.1.1' })
    const second = await simulator.add({ name: 'r2', platform: 'cisco_iosxe', host: '127.0.1.2', port: first.port })
    for (const device of [first, second]) {
      const terminal = await openTerminal(device)
      expect(terminal.text).toBe(`${device.name}#`)
      await terminal.close()
    }
  })

  it.each([
    { name: 'an unknown platform', spec: { name: 'r2', platform: 'acme_os' }, code: 'PLATFORM_NOT_SIMULATED' },
    { name: 'a name twice', spec: { name: 'r1', platform: 'cisco_iosxe' }, code: 'SIMULATED_DEVICE_EXISTS' },
  ])('refuses $name and keeps no device of a failed start', async ({ spec, code }) => {
    const start = startSimulator({ devices: [{ name: 'r1', platform: 'cisco_iosxe' }, spec] })
    await expect(start).rejects.toMatchObject({ code })
  })

  it('replays a recorded session, byte by byte, with what was not recorded refused', async () => {
    const recording = loadSession('cisco_iosxe')
    await using simulator = await startSimulator({ devices: [{ name: 'r1', platform: 'anything', replay: recording }] })
    const device = simulator.device('r1')
    const waits = new RegExp(`${recording.hostname}\\S*[>#] ?$`)
    const terminal = await openTerminal(device, { prompt: waits })
    expect(terminal.text).toBe(recording.login)
    const known = recording.exchanges.find(
      (one) => one.mode === recording.startState && one.enter && one.nextMode === one.mode && one.failure === undefined,
    )
    if (known === undefined) throw new Error('the recording has no plain exchange')
    expect(await terminal.type(`${known.input}\n`, waits)).toBe(known.output)
    expect(await terminal.type('never recorded\n', waits)).toMatch(/^never recorded\r\n[^]*% [^]*[>#] ?$/)
    expect(device.stats.refusals).toBe(1)
    await terminal.close()
  })

  it('serves a dialect of somebody else', async () => {
    await using simulator = await startSimulator({
      dialects: [
        {
          platforms: ['acme_os'],
          createDevice: ({ name }) => ({
            hostname: name,
            runningConfig: '',
            startupConfig: '',
            motd: '',
            loginDialogue: { username: 'user: ', password: 'pass: ', refused: 'no\n' },
            close: () => {},
            open: ({ screen }) => ({
              screen,
              pager: { text: '...', erase: '\b\b\b' },
              mode: 'only',
              prompt: () => `${name}$ `,
              input: (line: string) => ({ output: `you said ${line}\n` }),
              kindOf: () => 'command' as const,
              refuse: () => ({ output: 'no\n', refused: true }),
              close: () => {},
            }),
          }),
        },
      ],
      devices: [{ name: 'a1', platform: 'acme_os' }],
    })
    const terminal = await openTerminal(simulator.device('a1'))
    expect(await terminal.type('hello\n')).toBe('hello\r\nyou said hello\r\na1$ ')
    await terminal.close()
  })
})
