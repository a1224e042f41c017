import type { Clock } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { describe, expect, it } from 'vitest'
import type { LoginRequest } from '../../../src/index.js'
import { CliChannel, logIn } from '../../../src/index.js'
import { plainPlatform, ScriptedDevice, turn } from './scripted-device.js'

const context = { signal: new AbortController().signal }

const request: LoginRequest = {
  dialogue: { username: /(?:username|login): ?$/i, password: /password: ?$/i, refused: /authentication failed/i },
  username: 'admin',
  password: 'pw-1',
  asks: true,
  promptIsProvedLater: true,
  timeoutMs: 30_000,
}

const channelOf = (device: ScriptedDevice, clock: Clock): CliChannel =>
  new CliChannel(device, { platform: plainPlatform, clock })

/** Asks for a name and a password, once or again after a wrong one. */
function askingDevice(right = 'pw-1'): ScriptedDevice {
  return new ScriptedDevice((text, self) => {
    if (text === 'admin\n') self.send('admin\r\nPassword: ')
    else self.send(text === `${right}\n` ? '\r\nWelcome\r\nr1>' : '\r\n% Authentication failed\r\nUsername: ')
  })
}

describe('logIn', () => {
  it('reads the greeting up to the prompt', async () => {
    const device = new ScriptedDevice()
    const channel = channelOf(device, new FakeClock())
    const login = logIn(channel, { ...request, asks: false }, context)
    device.send('Authorised users only.\r\nLast login: Thu Apr 24 01:18:06 2025\r\nr1#')
    expect((await login).prompt).toBe('r1#')
    expect(device.written).toEqual([])
  })

  it('answers the questions for name and password', async () => {
    const device = askingDevice()
    const channel = channelOf(device, new FakeClock())
    const login = logIn(channel, request, context)
    device.send('\r\nUser Access Verification\r\n\r\nUsername: ')
    expect((await login).prompt).toBe('r1>')
    expect(device.written).toEqual(['admin\n', 'pw-1\n'])
  })

  it('gives a refused password once only', async () => {
    const device = askingDevice('another')
    const clock = new FakeClock()
    const login = logIn(channelOf(device, clock), request, context)
    const refused = expect(login).rejects.toMatchObject({ code: 'AUTH_FAILED' })
    device.send('Username: ')
    await turn()
    await clock.advance(150)
    await refused
    expect(device.written).toEqual(['admin\n', 'pw-1\n'])
  })

  it('does not take a word of the greeting for a question', async () => {
    const device = new ScriptedDevice()
    const clock = new FakeClock()
    const login = logIn(channelOf(device, clock), { ...request, asks: false }, context)
    device.send('Last login:')
    await turn()
    await clock.advance(100)
    device.send(' Thu Apr 24\r\nr1#')
    expect((await login).prompt).toBe('r1#')
    expect(device.written).toEqual([])
  })

  it.each([
    { name: 'nothing comes', sent: '', code: 'CONNECT_TIMEOUT' },
    { name: 'no known prompt comes', sent: 'Welcome\r\nchoose one (1-9)?', code: 'PROMPT_UNKNOWN' },
  ])('says so when $name', async ({ sent, code }) => {
    const device = new ScriptedDevice()
    const clock = new FakeClock()
    const failed = expect(logIn(channelOf(device, clock), request, context)).rejects.toMatchObject({ code })
    if (sent !== '') device.send(sent)
    await turn()
    await clock.advance(32_000)
    await failed
    expect(clock.pendingTimers).toBe(0)
  })

  it('shows the shape of an unknown prompt, not its text', async () => {
    const device = new ScriptedDevice()
    const clock = new FakeClock()
    const failed = expect(logIn(channelOf(device, clock), request, context)).rejects.toMatchObject({
      details: { tailShape: 'Aaaaa 9 %' },
    })
    device.send('Admin 7 %')
    await turn()
    await clock.advance(32_000)
    await failed
  })

  it('takes a hang-up after the password for a refusal', async () => {
    const device = new ScriptedDevice((text, self) => {
      if (text === 'admin\n') self.send('admin\r\nPassword: ')
      else self.hangUp()
    })
    const login = logIn(channelOf(device, new FakeClock()), request, context)
    device.send('Username: ')
    await expect(login).rejects.toMatchObject({ code: 'AUTH_FAILED' })
  })

  it('says what is asked for and not given', async () => {
    const { password: _password, ...without } = request
    const device = askingDevice()
    const login = logIn(channelOf(device, new FakeClock()), without, context)
    device.send('Username: ')
    await expect(login).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: expect.stringContaining('connection_args.password') as string,
    })
  })
})
