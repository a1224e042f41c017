import type { Session } from '@netpulse/driver-sdk'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyLines, commandOptions, configOptions, context, openSession } from '../support/open-session.js'

let simulator: Simulator
let device: SimulatedDevice
const sessions: Session[] = []

async function open(more: Parameters<typeof openSession>[1] = {}): Promise<Session> {
  const session = await openSession(device, more)
  sessions.push(session)
  return session
}

beforeAll(async () => {
  simulator = await startSimulator()
})

beforeEach(async () => {
  device = await simulator.add({ name: 'r1', platform: 'cisco_iosxe', telnetPort: 0 })
})

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session[Symbol.asyncDispose]()))
  await device.remove()
})

afterAll(() => simulator.stop())

describe('a session with a line-live device', () => {
  it('is cut without a word when it is abandoned, and says none when it is closed afterwards', async () => {
    const session = await open()
    await session.send('show clock', context, commandOptions())
    const before = device.stats.lines
    session.abandon!()
    expect(session.usable).toBe(false)
    await session[Symbol.asyncDispose]()
    await device.whenIdle()
    expect(device.stats.lines).toBe(before)
  })

  it('answers a command with its text alone', async () => {
    const session = await open()
    const reply = await session.send('show clock', context, commandOptions())
    expect(reply).toMatchObject({ input: 'show clock', failure: null })
    expect(reply.output).toMatch(/\d\d:\d\d:\d\d/)
    expect(reply.output).not.toMatch(/show clock|r1#/)
    expect(session.info).toMatchObject({ device_type: 'cisco_iosxe', platform: 'cisco_iosxe', prompt: 'r1#' })
  })

  it('reports a refusal as data, and goes on', async () => {
    const session = await open()
    const reply = await session.send('show nonsense', context, commandOptions())
    expect(reply.failure).toMatchObject({ kind: 'invalid_input' })
    expect((await session.send('show clock', context, commandOptions())).failure).toBeNull()
    expect(session.usable).toBe(true)
  })

  it('keeps echo and prompt when told to', async () => {
    const session = await open()
    const options = commandOptions({ strip_prompt: false, strip_command: false })
    const { output } = await session.send('show clock', context, options)
    expect(output.startsWith('show clock\n')).toBe(true)
    expect(output.endsWith('\nr1#')).toBe(true)
  })

  it.each([
    { name: 'split into small pieces', behaviour: { chunks: { seed: 7, maxBytes: 3 } } },
    { name: 'coloured', behaviour: { ansi: true } },
    { name: 'paged', behaviour: { pager: true } },
    { name: 'with log messages in between', behaviour: { chatter: { inOutputEvery: 1 } } },
    { name: 'with log messages after each prompt', behaviour: { chatter: { afterPromptEvery: 1 } } },
    {
      name: 'with log messages after each prompt that is not drawn again',
      behaviour: { chatter: { afterPromptEvery: 1, redraw: false } },
    },
    { name: 'echoed in rows', behaviour: { wrapColumn: 40 } },
    { name: 'echoed in lines', behaviour: { wrapColumn: 40, wrapStyle: 'newline' as const } },
  ])('reads ten answers in a row, $name', async ({ behaviour }) => {
    device.behave(behaviour)
    const session = await open()
    const plain = 'show running-config | include a-pattern-that-is-longer-than-one-row-of-the-terminal'
    for (let count = 0; count < 5; count++) {
      await session.send(plain, context, commandOptions())
      const { output } = await session.send('show version', context, commandOptions())
      expect(output).toContain('Cisco IOS XE Software')
      expect(output).toContain('Configuration register is 0x2102')
      expect(output).not.toContain('show version')
      expect(output).not.toContain('More')
    }
    expect(session.usable).toBe(true)
  })

  it('enables with the secret, and only then', async () => {
    await device.remove()
    device = await simulator.add({ name: 'r1', platform: 'cisco_iosxe', secret: 'en-1' })
    const plain = await open()
    expect(plain.info).toMatchObject({ prompt: 'r1>' })
    await expect(plain.send('show clock', context, commandOptions({}, { enable_mode: true }))).rejects.toMatchObject({
      code: 'ENABLE_FAILED',
    })
    expect(plain.usable).toBe(false)
    const privileged = await open({ secret: 'en-1' })
    expect(privileged.info).toMatchObject({ prompt: 'r1#' })
    await expect(open({ secret: 'wrong' })).rejects.toMatchObject({ code: 'ENABLE_FAILED' })
  })

  it('pushes lines, also over a change of the host name, saves, and rests in its base mode', async () => {
    const session = await open()
    const lines = ['hostname edge-1', 'interface GigabitEthernet1', 'description uplink to the core']
    const replies = await applyLines(session, lines)
    expect(replies.map(({ failure }) => failure)).toEqual([null, null, null])
    await session.config!.leave(context)
    expect(session.info).toMatchObject({ prompt: 'edge-1#' })
    expect(await session.config!.save!(context)).toMatchObject({ failure: null })
    expect(device.startupConfig).toContain('description uplink to the core')
    expect(session.config!.candidate).toBeUndefined()
  })

  it('stops where the device refuses a line', async () => {
    const session = await open()
    const replies = await applyLines(session, ['interface GigabitEthernet1', 'descripption x', 'shutdown'])
    expect(replies.map(({ failure }) => failure?.kind)).toEqual([undefined, 'invalid_input'])
    await session.config!.leave(context)
    expect(session).toMatchObject({ usable: true })
    expect(device.runningConfig).not.toContain('descripption')
  })

  it('sends a banner as one block', async () => {
    const session = await open()
    const lines = ['banner motd ^', 'Authorised users only.', 'r1#', '^', 'interface GigabitEthernet2']
    const replies = await applyLines(session, lines)
    expect(replies.map(({ input, failure }) => ({ lines: input.split('\n').length, failure }))).toEqual([
      { lines: 4, failure: null },
      { lines: 1, failure: null },
    ])
    await session.config!.leave(context)
    expect(device.runningConfig).toContain('Authorised users only.')
  })

  it('sends nothing after a line that has left config mode', async () => {
    const session = await open()
    const replies = await applyLines(session, ['interface GigabitEthernet1', 'end', 'reload'])
    expect(replies.at(-1)).toMatchObject({ input: 'reload', failure: { kind: 'skipped' } })
    await session.config!.leave(context)
    expect(session.usable).toBe(true)
  })

  it('takes the pattern of the request for a refusal instead of the platform’s', async () => {
    const session = await open()
    const options = configOptions({ error_pattern: 'marker' })
    const [reply] = await applyLines(session, ['nonsense here'], options)
    expect(reply!.failure).toMatchObject({ kind: 'other' })
    expect(reply!.failure!.message).toContain('marker')
  })

  it('answers questions, and ends at an expected one', async () => {
    const session = await open()
    const copied = await session.send(
      'copy running-config startup-config',
      context,
      commandOptions({ answers: { 'Destination filename': '' } }),
    )
    expect(copied.output).toContain('[OK]')
    const asked = await session.send('reload', context, commandOptions({ expect_string: '\\[confirm\\]' }))
    expect(asked.output).toContain('Proceed with reload? [confirm]')
    expect(session.usable).toBe(false)
  })

  it('works over telnet, and says when the login is refused', async () => {
    const session = await open({ transport: 'telnet' })
    expect((await session.send('show version', context, commandOptions())).output).toContain('Cisco IOS XE')
    await expect(open({ transport: 'telnet', password: 'wrong' })).rejects.toMatchObject({ code: 'AUTH_FAILED' })
  })

  it('works over telnet through two jump hosts, and says which one refuses the login', async () => {
    const bastions = [
      await simulator.add({ name: 'outer', platform: 'linux', jump: true }),
      await simulator.add({ name: 'inner', platform: 'linux', jump: true }),
    ]
    const jumpHosts = bastions.map(({ host, port, username, password }) => ({ host, port, username, password }))
    const session = await open({ transport: 'telnet', jump_hosts: jumpHosts })
    expect((await session.send('show clock', context, commandOptions())).output).toMatch(/\d\d:\d\d:\d\d/)
    expect(device.stats.logins).toBe(1)
    const wrong = open({ transport: 'telnet', jump_hosts: [jumpHosts[0]!, { ...jumpHosts[1]!, password: 'wrong' }] })
    await expect(wrong).rejects.toMatchObject({ code: 'AUTH_FAILED', details: { hop: 'jump_host', jumpHost: 2 } })
    await session[Symbol.asyncDispose]()
    await Promise.all(bastions.map((bastion) => bastion.remove()))
  })

  it('is not usable after a timeout, and interrupts the device', async () => {
    const session = await open()
    device.fail({ at: 'command', match: /clock/, action: 'hang', interruptible: true })
    await expect(session.send('show clock', context, commandOptions({ read_timeout: 0.2 }))).rejects.toMatchObject({
      code: 'READ_TIMEOUT',
    })
    expect(session.usable).toBe(false)
  })

  it('is not usable after an abort', async () => {
    const session = await open()
    device.fail({ at: 'command', match: /clock/, action: 'hang' })
    const controller = new AbortController()
    const reply = session.send('show clock', { signal: controller.signal }, commandOptions())
    await device.nextCommand(/clock/)
    controller.abort()
    await expect(reply).rejects.toMatchObject({ code: 'ABORTED' })
    expect(session.usable).toBe(false)
  })

  it('says that it is lost when the device hangs up', async () => {
    const session = await open()
    const lost = new Promise<void>((resolve) => session.onLost(resolve))
    device.dropConnections('reset')
    await lost
    expect(session.usable).toBe(false)
    await expect(session.send('show clock', context, commandOptions())).rejects.toMatchObject({ code: 'SESSION_LOST' })
  })

  it('proves by a round trip that it is at its prompt', async () => {
    const session = await open()
    await session.probe(context)
    expect(session.usable).toBe(true)
    device.dropConnections()
    await expect(session.probe(context)).rejects.toMatchObject({ code: 'SESSION_LOST' })
  })

  it('leaves no connection behind when the opening fails', async () => {
    await expect(open({ password: 'wrong' })).rejects.toMatchObject({ code: 'AUTH_FAILED' })
    device.fail({ at: 'login', action: 'hang' })
    await expect(open({ timeout: 1 })).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' })
    await device.whenIdle()
  })
})
