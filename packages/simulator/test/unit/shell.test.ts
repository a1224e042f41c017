import { describe, expect, it } from 'vitest'
import { linux } from '../../src/dialects/linux.js'
import type { Fault } from '../../src/device/faults.js'
import { shellOf } from '../support/shell-under-test.js'

const time = '*00:00:00.000 UTC Thu Jan 1 2026'

describe('shell', () => {
  it('prints the message of the day and the prompt, and answers with echo, output and prompt in one piece', () => {
    const { type, printed, pieces } = shellOf({ motd: 'Welcome\n' })
    expect(printed()).toBe('Welcome\r\nr1#')
    expect(type('show clock\n')).toBe(`show clock\r\n${time}\r\nr1#`)
    expect(pieces()).toHaveLength(2)
  })

  it('echoes characters as they come', () => {
    const { type, printed } = shellOf()
    printed()
    expect(type('sh')).toBe('sh')
    expect(type('ow clock')).toBe('ow clock')
    expect(type('\r')).toBe(`\r\n${time}\r\nr1#`)
  })

  it('answers lines that arrive together one after the other', () => {
    const { type, printed } = shellOf()
    printed()
    expect(type('show privilege\nshow clock\n')).toBe(
      `show privilege\r\nCurrent privilege level is 15\r\nr1#show clock\r\n${time}\r\nr1#`,
    )
  })

  it('does not echo a password', () => {
    const { type } = shellOf({ dialect: linux() })
    expect(type('su\n').endsWith('Password: ')).toBe(true)
    expect(type('s3cret\n')).toBe('\r\nroot@r1:~# ')
  })

  it('stays silent about input when its echo is off', () => {
    const { type, printed } = shellOf({ behaviour: { echo: false } })
    printed()
    expect(type('show clock\n')).toBe(`${time}\r\nr1#`)
  })

  it('wraps the echo at the given column', () => {
    const { type, printed } = shellOf({ behaviour: { wrapColumn: 10 } })
    printed()
    expect(type('show clock\n').startsWith('show cl \rock\r\n')).toBe(true)
  })

  it('closes the link at exit', () => {
    const shell = shellOf()
    shell.type('exit\n')
    expect(shell.link).toBe('ended')
    expect(shell.type('show clock\n')).toBe('')
  })

  it('reports every line at a prompt with its kind and mode, and no answers to questions', () => {
    const { type, seen } = shellOf()
    type('conf t\nhostname r2\nend\ncopy run start\nsecond\n\n')
    expect(seen.map(({ line, kind, mode }) => [line, kind, mode])).toEqual([
      ['conf t', 'command', 'exec'],
      ['hostname r2', 'config', 'config'],
      ['end', 'command', 'config'],
      ['copy run start', 'command', 'exec'],
    ])
  })
})

describe('pager', () => {
  const more = ' --More-- '
  const erase = `${'\b'.repeat(9)}${' '.repeat(8)}${'\b'.repeat(9)}`

  it('pauses full screens until a key, and removes its text', () => {
    const { type } = shellOf()
    const first = type('show running-config\n')
    expect(first.endsWith(more)).toBe(true)
    // One row is left for the pager's text; the first line is the echo.
    expect(first.split('\r\n')).toHaveLength(1 + 23 + 1)
    const second = type('x ')
    expect(second.startsWith(erase)).toBe(true)
    expect(second).toContain('end\r\n\r\nr1#')
  })

  it('goes on by a line at return and stops at q', () => {
    const { type } = shellOf()
    type('show running-config\n')
    expect(type('\r').split('\r\n')).toHaveLength(2)
    expect(type('q')).toBe(`${erase}r1#`)
  })

  it.each([
    { name: 'the session has set its length to 0', behaviour: {}, line: 'terminal length 0\n' },
    { name: 'the device has no pager', behaviour: { pager: false }, line: '\n' },
  ])('does not pause when $name', ({ behaviour, line }) => {
    const { type } = shellOf({ behaviour })
    type(line)
    expect(type('show running-config\n')).not.toContain(more)
  })
})

describe('timing', () => {
  it('thinks before it answers, and reads on only then', async () => {
    const { type, printed, clock } = shellOf({ behaviour: { thinkTimeMs: 20 } })
    printed()
    expect(type('show clock\nshow privilege\n')).toBe('show clock\r\n')
    await clock.advance(19)
    expect(printed()).toBe('')
    await clock.advance(1)
    expect(printed()).toContain('UTC Thu Jan 1 2026\r\nr1#show privilege\r\n')
    await clock.advance(20)
    expect(printed()).toBe('Current privilege level is 15\r\nr1#')
    expect(clock.pendingTimers).toBe(0)
  })

  it('sets no timer when it need not think', () => {
    const { type, clock } = shellOf()
    type('show clock\n')
    expect(clock.pendingTimers).toBe(0)
  })

  it('gives a line up at Ctrl-C, before it takes effect', async () => {
    const { type, clock, device } = shellOf({ behaviour: { thinkTimeMs: 20 } })
    type('conf t\n')
    await clock.advance(20)
    type('hostname r2\n')
    expect(type('\x03')).toBe('^C\r\nr1(config)#')
    await clock.advance(100)
    expect(device.model.hostname).toBe('r1')
  })

  it('waits before the first prompt', async () => {
    const { printed, clock, type } = shellOf({ behaviour: { loginDelayMs: 500 } })
    expect(type('show clock\n')).toBe('')
    await clock.advance(500)
    expect(printed()).toBe(`r1#show clock\r\n*00:00:00.500 UTC Thu Jan 1 2026\r\nr1#`)
  })

  it('leaves no timer behind when its connection ends', () => {
    const { shell, type, clock } = shellOf({ behaviour: { thinkTimeMs: 20 } })
    type('show clock\n')
    shell.end()
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('output', () => {
  it('is split at random points that are the same for the same seed', () => {
    const run = (seed: number): readonly string[] => {
      const { type, pieces } = shellOf({ behaviour: { chunks: { seed, maxBytes: 5 } } })
      type('show clock\n')
      return pieces()
    }
    expect(run(1)).toEqual(run(1))
    expect(run(1)).not.toEqual(run(2))
    expect(run(1).every((piece) => piece.length <= 5)).toBe(true)
    expect(run(1).join('')).toBe(`r1#show clock\r\n${time}\r\nr1#`)
  })

  it('comes piece by piece when pieces have a delay', async () => {
    const { type, clock, printed } = shellOf({ behaviour: { chunks: { seed: 1, maxBytes: 4, delayMs: 5 } } })
    const first = type('show clock\n')
    expect(first.length).toBeLessThanOrEqual(4)
    await clock.advance(1000)
    expect(first + printed()).toBe(`r1#show clock\r\n${time}\r\nr1#`)
  })

  it('has colours when asked to', () => {
    const { type, printed } = shellOf({ behaviour: { ansi: true } })
    printed()
    expect(type('show clock\n')).toBe(`show clock\r\n\x1b[0m${time}\x1b[0K\r\n\x1b[?2004h\x1b[1;32mr1#\x1b[0m\x1b[K`)
  })

  it('has log messages in the middle of answers and after prompts', () => {
    const chatter = { inOutputEvery: 2, afterPromptEvery: 3, message: '%SYS-5-X: y' }
    const { type } = shellOf({ behaviour: { chatter, pager: false } })
    expect(type('show ip interface brief\n')).not.toContain('%SYS')
    expect(type('show ip interface brief\n')).toMatch(
      /Loopback0[^]*%SYS-5-X: y\r\n[^]*r1#\r\n\*Jan {2}1 00:00:00.000: %SYS-5-X: y\r\nr1#$/,
    )
  })

  it('has messages that are announced', () => {
    const { shell, printed } = shellOf()
    printed()
    shell.announce('%LINK-3-UPDOWN: down')
    expect(printed()).toBe('\r\n%LINK-3-UPDOWN: down\r\nr1#')
  })

  it('is held back while the connection is frozen, and input is not read', () => {
    const { shell, type, printed } = shellOf()
    printed()
    shell.freeze()
    expect(type('show clock\n')).toBe('')
    shell.thaw()
    expect(printed()).toBe(`show clock\r\n${time}\r\nr1#`)
  })
})

describe('refusing', () => {
  it('refuses the lines that it is told to, in its own words, without effect', () => {
    const { type, device } = shellOf({ behaviour: { refuse: [/^hostname/] } })
    type('conf t\n')
    expect(type('hostname r2\n')).toContain("% Invalid input detected at '^' marker.")
    expect(device.model.hostname).toBe('r1')
  })
})

describe('faults', () => {
  const rows: readonly { name: string; fault: Fault; lines: string; link: string; last: string; hostname: string }[] = [
    {
      name: 'drops a command without a byte',
      fault: { at: 'command', match: /clock/ },
      lines: 'show clock\n',
      link: 'ended',
      last: '',
      hostname: 'r1',
    },
    {
      name: 'drops a command after some bytes',
      fault: { at: 'command', match: /clock/, afterBytes: 17 },
      lines: 'show clock\n',
      link: 'ended',
      last: 'show clock\r\n*00:0',
      hostname: 'r1',
    },
    {
      name: 'resets the connection',
      fault: { at: 'command', action: 'reset' },
      lines: 'show clock\n',
      link: 'reset',
      last: '',
      hostname: 'r1',
    },
    {
      name: 'hangs',
      fault: { at: 'command', action: 'hang' },
      lines: 'show clock\n',
      link: 'open',
      last: '',
      hostname: 'r1',
    },
    {
      name: 'takes a config line and does not say so',
      fault: { at: 'config-line', line: 1 },
      lines: 'conf t\ninterface Gi1\nhostname r2\n',
      link: 'ended',
      last: '',
      hostname: 'r2',
    },
    {
      name: 'drops before a config line takes effect',
      fault: { at: 'config-line', line: 1, applied: false },
      lines: 'conf t\ninterface Gi1\nhostname r2\n',
      link: 'ended',
      last: '',
      hostname: 'r1',
    },
    {
      name: 'drops at a config line by its text',
      fault: { at: 'config-line', match: /host/, applied: false },
      lines: 'conf t\nhostname r2\n',
      link: 'ended',
      last: '',
      hostname: 'r1',
    },
  ]

  it.each(rows)('$name', ({ fault, lines, link, last, hostname }) => {
    const shell = shellOf({ faults: [fault] })
    const typed = lines.trimEnd().split('\n')
    for (const line of typed.slice(0, -1)) shell.type(`${line}\n`)
    shell.printed()
    expect(shell.type(`${typed.at(-1) ?? ''}\n`)).toBe(last)
    expect(shell.link).toBe(link)
    expect(shell.device.model.hostname).toBe(hostname)
  })

  it('strikes once unless told otherwise', () => {
    const shell = shellOf({ faults: [{ at: 'command', action: 'hang', interruptible: true }] })
    const { type } = shell
    shell.printed()
    expect(type('show clock\n')).toBe('')
    expect(type('\x03')).toBe('^C\r\nr1#')
    expect(type('show clock\n')).toContain(time)
    expect(shell.link).toBe('open')
  })

  it('does not answer Ctrl-C when it hangs for good', () => {
    const { type } = shellOf({ faults: [{ at: 'command', action: 'hang' }] })
    type('show clock\n')
    expect(type('\x03\n')).toBe('')
  })
})

describe('script', () => {
  it('answers in place of the dialect, with text or an answer, and leaves other lines to it', () => {
    const { type, printed } = shellOf({
      script: {
        onLine: (line, { mode, kind }) => (line === 'show magic' ? `magic in ${mode} ${kind}\n` : undefined),
      },
    })
    printed()
    expect(type('show magic\n')).toBe('show magic\r\nmagic in exec command\r\nr1#')
    expect(type('show clock\n')).toContain(time)
  })

  it('may wrap the dialect and write by itself', () => {
    const { type } = shellOf({
      script: {
        onLine: (_line, context) => {
          context.write('%NOISE\r\n')
          return context.answer()
        },
      },
    })
    expect(type('show clock\n')).toContain(`show clock\r\n%NOISE\r\n${time}\r\nr1#`)
  })

  it('may answer later; Ctrl-C gives the answer up', async () => {
    const answers: ((text: string) => void)[] = []
    const { type, printed } = shellOf({
      script: { onLine: () => new Promise<string>((resolve) => answers.push(resolve)) },
    })
    printed()
    expect(type('one\n')).toBe('one\r\n')
    answers[0]?.('late\n')
    await Promise.resolve()
    await Promise.resolve()
    expect(printed()).toBe('late\r\nr1#')
    type('two\n')
    expect(type('\x03')).toBe('^C\r\nr1#')
    answers[1]?.('too late\n')
    await Promise.resolve()
    await Promise.resolve()
    expect(printed()).toBe('')
  })
})
