import { describe, expect, it } from 'vitest'
import { createReplay, loadSession, parseSession } from '../../src/testing/index.js'

const file = `
platform: acme_os
hostname: box
origin: made for this test
start_mode: exec
login: |
  Welcome
prompts: { exec: 'box>', '?password': 'Password: ', enabled: 'box#' }
secrets: { secret: s3cret }
exchanges:
  - { mode: exec, input: enable, next_mode: '?password' }
  - { mode: '?password', input: s3cret, echo: false, next_mode: enabled }
  - mode: enabled
    input: show clock
    output: |
      09:00
  - { mode: enabled, input: show clock, output: "09:01\\n" }
  - { mode: enabled, input: ' ', enter: false, raw: "\\b \\bbox#" }
  - { mode: enabled, input: exit, closes: true }
`

describe('parseSession', () => {
  const session = parseSession(file, 'acme.session.yaml')

  it('makes bytes as a device sends them: echo, line ends, prompt', () => {
    expect(session.login).toBe('Welcome\r\nbox>')
    expect(session.exchanges.map(({ output }) => output)).toEqual([
      'enable\r\nPassword: ',
      '\r\nbox#',
      'show clock\r\n09:00\r\nbox#',
      'show clock\r\n09:01\r\nbox#',
      '\b \bbox#',
      'exit\r\n',
    ])
    expect(session.exchanges.at(-1)?.nextMode).toBeUndefined()
  })

  it('refuses a state that has no prompt, and names the exchange', () => {
    const wrong = file.replace('next_mode: enabled', 'next_mode: enabeld')
    expect(() => parseSession(wrong, 'x')).toThrow('x: exchanges[1]: no prompt for state "enabeld"')
  })

  it('refuses an unknown key', () => {
    expect(() => parseSession(file.replace('origin:', 'orgin:'), 'x')).toThrow('did you mean "origin"')
  })
})

describe('createReplay', () => {
  it('gives answers in the order of the recording, then the last one again', () => {
    const replay = createReplay(parseSession(file, 'x'))
    expect(replay.receive('show clock')).toBeUndefined()
    replay.receive('enable')
    expect(replay.state).toBe('?password')
    replay.receive('s3cret')
    const clocks = [1, 2, 3].map(() => replay.receive('show clock')?.output.slice(12, 17))
    expect(clocks).toEqual(['09:00', '09:01', '09:01'])
    expect(replay.receive(' ')).toBeUndefined()
    expect(replay.receive(' ', false)?.nextMode).toBe('enabled')
    replay.receive('exit')
    expect(replay.state).toBeUndefined()
    expect(replay.used).toBe(6)
  })

  it('has a session of every shipped platform by its name only', () => {
    expect(loadSession('frr_vtysh').hostname).toBe('r1')
    expect(() => loadSession('no_such_platform')).toThrow('there is no recorded session no_such_platform.session.yaml')
  })
})
