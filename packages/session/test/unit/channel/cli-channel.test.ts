import { FakeClock } from '@netpulse/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer, ChannelCall, ChannelPlatform } from '../../../src/index.js'
import { CliChannel } from '../../../src/index.js'
import { cutAt, matcher, plainPlatform, ScriptedDevice, turn } from './scripted-device.js'

const never = new AbortController().signal
const call = (more: Partial<ChannelCall> = {}): ChannelCall => ({ signal: never, timeoutMs: 30_000, ...more })

interface Setup {
  readonly device: ScriptedDevice
  readonly clock: FakeClock
  readonly channel: CliChannel
}

function setUp(platform: ChannelPlatform = plainPlatform): Setup {
  const device = new ScriptedDevice()
  const clock = new FakeClock()
  return { device, clock, channel: new CliChannel(device, { platform, clock }) }
}

/** A channel whose first prompt has been read. */
async function opened(prompt = 'r1#', platform?: ChannelPlatform): Promise<Setup> {
  const setup = setUp(platform)
  const reading = setup.channel.read(call({ anyPrompt: true }))
  setup.device.send(`Welcome\r\n\r\n${prompt}`)
  await reading
  return setup
}

/** What the channel makes of one answer that comes in one piece. */
async function answerOf(input: string, sent: string, more: Partial<ChannelCall> = {}): Promise<Answer> {
  const { device, channel } = await opened()
  const answer = channel.send(input, call(more))
  device.send(sent)
  return answer
}

const long = `interface description ${'abcdefghij '.repeat(20)}end`

const cases: readonly { name: string; input: string; sent: string; output: string; prompt?: string }[] = [
  { name: 'a plain answer', input: 'show x', sent: 'show x\r\na\r\nb\r\nr1#', output: 'a\nb' },
  { name: 'an empty answer', input: 'end', sent: 'end\r\nr1#', output: '' },
  { name: 'an empty input', input: '', sent: '\r\nr1#', output: '' },
  { name: 'indented lines', input: 'show x', sent: 'show x\r\n  a\r\n b\r\nr1#', output: '  a\n b' },
  {
    name: 'an echo wrapped by a blank and a return (readline)',
    input: long,
    sent: `${long.slice(0, 77)} \r${long.slice(77, 157)} \r${long.slice(157)}\r\nok\r\nr1#`,
    output: 'ok',
  },
  {
    name: 'an echo wrapped by a return and the same character again (vtysh)',
    input: long,
    sent: `${long.slice(0, 77)}\r${long.slice(76, 157)}\r${long.slice(156)}\r\nok\r\nr1#`,
    output: 'ok',
  },
  {
    name: 'an echo wrapped by line ends',
    input: long,
    sent: `${long.slice(0, 77)}\r\n${long.slice(77, 157)}\r\n${long.slice(157)}\r\nok\r\nr1#`,
    output: 'ok',
  },
  {
    name: 'an echo scrolled sideways with a dollar (IOS)',
    input: long,
    sent: `${long.slice(0, 70)}\b\b\b\b\b\b\b\b\b\b\rr1#$${long.slice(-60)}\x1b[K\r\nok\r\nr1#`,
    output: 'ok',
  },
  {
    name: 'an echo redrawn with its prompt (MikroTik)',
    input: 'show x',
    sent: 's\rr1#sh\x1b[K\rr1#show x\x1b[K\r\nok\r\nr1#',
    output: 'ok',
  },
  {
    name: 'a prompt drawn again before the echo, after a log message',
    input: 'show x',
    sent: '\r\n%LINK-3-UPDOWN: Interface Gi0/1, changed state to up\r\nr1#show x\r\nok\r\nr1#',
    output: 'ok',
  },
  {
    name: 'a log message before the echo, without the prompt',
    input: 'show x',
    sent: '\r\n%SYS-5-CONFIG_I: Configured from console\r\nshow x\r\nok\r\nr1#',
    output: 'ok',
  },
  {
    name: 'a log message in the middle',
    input: 'show x',
    sent: 'show x\r\na\r\n%LINK-3-UPDOWN: Gi0/1 up\r\nb\r\nr1#',
    output: 'a\n%LINK-3-UPDOWN: Gi0/1 up\nb',
  },
  {
    name: 'lines that look like prompts of other devices',
    input: 'show x',
    sent: 'show x\r\nr2#\r\nr1# show y\r\ndescription r1>\r\nr1#',
    output: 'r2#\nr1# show y\ndescription r1>',
  },
  {
    name: 'a mode change',
    input: 'configure terminal',
    sent: 'configure terminal\r\nr1(config)#',
    output: '',
    prompt: 'r1(config)#',
  },
  {
    name: 'coloured output',
    input: 'show x',
    sent: '\x1b[1mshow x\x1b[0m\r\n\x1b[31mdown\x1b[0m\r\n\x1b[32mr1#\x1b[0m',
    output: 'down',
  },
]

describe('CliChannel', () => {
  it.each(cases)('reads $name', async ({ input, sent, output, prompt = 'r1#' }) => {
    expect(await answerOf(input, sent)).toMatchObject({ output, prompt, endedBy: 'prompt' })
  })

  it.each(cases.filter(({ name }) => !name.includes('look like')))(
    'reads the same split anywhere: $name',
    async ({ input, sent, output, prompt = 'r1#' }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(), { maxLength: 6 }), async (places) => {
          const { device, channel } = await opened()
          const answer = channel.send(input, call())
          await device.sendPieces(cutAt(sent, places))
          expect(await answer).toMatchObject({ output, prompt })
        }),
        { numRuns: 40 },
      )
    },
  )

  it('joins characters that are split between pieces', async () => {
    const { device, channel } = await opened()
    const answer = channel.send('show x', call())
    await device.sendPieces([...Buffer.from('show x\r\nZürich 東京\r\nr1#')].map((byte) => Uint8Array.of(byte)))
    expect((await answer).output).toBe('Zürich 東京')
  })

  it('reads latin1 where it is told to', async () => {
    const device = new ScriptedDevice()
    const channel = new CliChannel(device, { platform: plainPlatform, clock: new FakeClock(), encoding: 'latin1' })
    const answer = channel.send('show x', call({ anyPrompt: true }))
    device.send(Buffer.from('show x\r\nZürich\r\nr1#', 'latin1'))
    expect((await answer).output).toBe('Zürich')
  })

  it('writes the command and nothing else, and sets no timer that outlives it', async () => {
    const { device, channel, clock } = await opened()
    const answer = channel.send('show x', call())
    device.send('show x\r\nok\r\nr1#')
    await answer
    expect(device.written).toEqual(['show x\n'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not take an old prompt for the answer', async () => {
    const { device, channel } = await opened()
    const answer = channel.send('show x', call())
    await device.sendPieces([Buffer.from('\r\nr1#'), Buffer.from('show x\r\nok\r\nr1#')])
    expect((await answer).output).toBe('ok')
  })

  it('believes a prompt without an echo once nothing follows it', async () => {
    const { device, channel, clock } = await opened()
    const answer = channel.send('show x', call())
    device.send('\r\nok\r\nr1#')
    await turn()
    await clock.advance(999)
    expect(channel.atPrompt).toBe(false)
    await clock.advance(1)
    expect((await answer).output).toBe('\nok')
  })

  it('learns that a device does not echo, and waits for it no more', async () => {
    const { device, channel, clock } = await opened()
    for (let count = 0; count < 2; count++) {
      const answer = channel.send('show x', call())
      device.send('ok\r\nr1#')
      await turn()
      await clock.advance(1000)
      expect((await answer).output).toBe('ok')
    }
    const answer = channel.send('end', call())
    device.send('r1#')
    expect(await answer).toMatchObject({ output: '', prompt: 'r1#' })
  })

  it('believes a new host name once nothing follows it, and at once from then on', async () => {
    const { device, channel, clock } = await opened('r1(config)#')
    const renamed = channel.send('hostname edge-1', call())
    device.send('hostname edge-1\r\nedge-1(config)#')
    await turn()
    await clock.advance(150)
    expect((await renamed).prompt).toBe('edge-1(config)#')
    const next = channel.send('end', call())
    device.send('end\r\nedge-1#')
    expect((await next).prompt).toBe('edge-1#')
  })

  it('does not end at half a line that looks like the prompt of another device', async () => {
    const { device, channel, clock } = await opened()
    const answer = channel.send('show x', call())
    await device.sendPieces([Buffer.from('show x\r\nedge-7#')])
    await clock.advance(100)
    device.send(' is what the neighbour shows\r\nr1#')
    expect((await answer).output).toBe('edge-7# is what the neighbour shows')
  })

  it('finds the prompt that a log message has hidden', async () => {
    const { device, channel, clock } = await opened()
    const answer = channel.send('show x', call())
    device.send('show x\r\nok\r\nr1#\r\n%LINK-3-UPDOWN: Gi0/1 up\r\n')
    await turn()
    await clock.advance(300)
    expect(await answer).toMatchObject({ output: 'ok', prompt: 'r1#' })
  })

  it('drops what comes between two commands', async () => {
    const { device, channel } = await opened()
    device.send('\r\n%LINK-3-UPDOWN: Gi0/1 up\r\nr1#')
    const answer = channel.send('show x', call())
    device.send('show x\r\nok\r\nr1#')
    expect(await answer).toMatchObject({ output: 'ok', echo: 'show x' })
  })

  it('answers pagers and leaves no trace of them', async () => {
    const device = new ScriptedDevice((text, self) => {
      if (text === 'show x\n') self.send('show x\r\na\r\n --More-- ')
      if (text === ' ') self.send('\b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bb\r\nr1#')
    })
    const channel = new CliChannel(device, { platform: plainPlatform, clock: new FakeClock() })
    const answer = await channel.send('show x', call({ anyPrompt: true }))
    expect(answer.output).toBe('a\nb')
    expect(device.written).toEqual(['show x\n', ' '])
  })

  it('answers questions, also when one comes again', async () => {
    const device = new ScriptedDevice((text, self) => {
      if (text === 'copy a b\n') self.send('copy a b\r\nDestination filename [b]? ')
      else if (text === 'b\n' && self.written.length === 2) self.send('b\r\nDestination filename [b]? ')
      else if (text === 'b\n') self.send('b\r\nOverwrite? [confirm]')
      else self.send('\r\n[OK]\r\nr1#')
    })
    const channel = new CliChannel(device, { platform: plainPlatform, clock: new FakeClock() })
    const answers = [
      { question: /filename \[.*\]\? $/, answer: 'b' },
      { question: /\[confirm\]$/, answer: '' },
    ]
    const answer = await channel.send('copy a b', call({ answers, anyPrompt: true }))
    expect(device.written).toEqual(['copy a b\n', 'b\n', 'b\n', '\n'])
    expect(answer.output).toContain('[OK]')
  })

  it('ends at an expected pattern and goes on from there', async () => {
    const { device, channel } = await opened()
    const asked = channel.send('reload', call({ until: [/\[confirm\]/] }))
    device.send('reload\r\nProceed with reload? [confirm]')
    expect(await asked).toMatchObject({ output: 'Proceed with reload? [confirm]', endedBy: 0, prompt: '' })
    expect(channel.atPrompt).toBe(false)
    const declined = channel.send('n', call())
    device.send('n\r\nr1#')
    expect(await declined).toMatchObject({ prompt: 'r1#' })
    expect(channel.atPrompt).toBe(true)
  })

  it('does not take the echo for the expected pattern', async () => {
    const { device, channel } = await opened()
    const answer = channel.send('show version', call({ until: [/version/] }))
    await device.sendPieces([Buffer.from('show ver'), Buffer.from('sion\r\nIOS version 17\r\nr1#')])
    expect((await answer).output).toBe('IOS version 17')
  })

  it('ends a line of a block with its echo, or with the prompt of a refusal', async () => {
    const { device, channel } = await opened('r1(config)#')
    const first = channel.send('banner motd ^', call({ echo: 'only' }))
    device.send('banner motd ^\r\nEnter TEXT message.\r\n')
    expect(await first).toMatchObject({ endedBy: 'echo', output: 'Enter TEXT message.' })
    const refused = channel.send('text', call({ echo: 'only' }))
    device.send('text\r\n% Invalid input\r\nr1(config)#')
    expect(await refused).toMatchObject({ endedBy: 'prompt', output: '% Invalid input' })
  })

  it('keeps the lines of a prompt of several lines out of the output', async () => {
    const junos: ChannelPlatform = {
      ...plainPlatform,
      prompt: matcher(/(?<=^|\n)(?:\[edit[^\]]*\]\n)?[\w@.-]+[>#] $/),
      promptLines: 2,
    }
    const { device, channel } = await opened('\r\n[edit]\r\nlab@r1# ', junos)
    const answer = channel.send('set x', call())
    device.send('set x\r\nok\r\n\r\n[edit]\r\nlab@r1# ')
    expect(await answer).toMatchObject({ output: 'ok', prompt: '[edit]\nlab@r1# ' })
  })

  it('interrupts a command that takes too long, and stays in doubt', async () => {
    const { device, channel, clock } = await opened()
    const answer = channel.send('ping x', call({ timeoutMs: 2000 }))
    const failed = expect(answer).rejects.toMatchObject({ code: 'READ_TIMEOUT', details: { tailShape: '!!!' } })
    device.send('ping x\r\n!!!')
    await turn()
    await clock.advance(2000)
    expect(device.written.at(-1)).toBe('\x03')
    device.send('^C\r\nr1#')
    await failed
    expect(channel).toMatchObject({ atPrompt: true, doubtful: true })
    expect(clock.pendingTimers).toBe(0)
  })

  it('gives a device that does not come back a moment, then nothing more', async () => {
    const { channel, clock } = await opened()
    const answer = channel.send('ping x', call({ timeoutMs: 2000 }))
    const failed = expect(answer).rejects.toMatchObject({ code: 'READ_TIMEOUT' })
    await clock.advance(3000)
    await failed
    expect(channel).toMatchObject({ atPrompt: false, doubtful: true })
    await expect(channel.send('show x', call())).rejects.toMatchObject({ code: 'SESSION_LOST' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('ends with the reason of the abort, when that is an error of ours', async () => {
    const { device, channel } = await opened('r1#', {
      ...plainPlatform,
      interruptKey: undefined,
    } as unknown as ChannelPlatform)
    const controller = new AbortController()
    const answer = channel.send('show x', call({ signal: controller.signal }))
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'ABORTED' })
    expect(device.written).toEqual(['show x\n'])
  })

  it('writes nothing for a call that is aborted already', async () => {
    const { device, channel } = await opened()
    await expect(channel.send('show x', call({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      code: 'ABORTED',
    })
    expect(device.written).toEqual([])
    expect(channel.doubtful).toBe(false)
  })

  it('says so when the device hangs up, during a call and between calls', async () => {
    const { device, channel, clock } = await opened()
    let lost = 0
    channel.onLost(() => lost++)
    const answer = channel.send('show x', call())
    device.hangUp()
    await expect(answer).rejects.toMatchObject({ code: 'SESSION_LOST' })
    expect(lost).toBe(1)
    await expect(channel.send('show x', call())).rejects.toMatchObject({ code: 'SESSION_LOST' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('takes twenty megabytes in small pieces at the cost of their length', async () => {
    const { device, channel } = await opened()
    const answer = channel.send('show x', call())
    device.send('show x\r\n')
    const piece = Buffer.from(`${'interface GigabitEthernet0/1 is up#\r\n'.repeat(28)}`)
    const startedMs = performance.now()
    for (let sent = 0; sent < 20_000_000; sent += piece.length) {
      device.send(piece)
      await Promise.resolve()
    }
    device.send('r1#')
    expect((await answer).output.length).toBeGreaterThan(19_000_000)
    expect(performance.now() - startedMs).toBeLessThan(4000)
  })

  it('reports what went both ways', async () => {
    const traffic: string[] = []
    const { device, channel } = await opened()
    const answer = channel.send('show x', call({ onTraffic: (way, text) => traffic.push(`${way} ${text}`) }))
    device.send('show x\r\nr1#')
    await answer
    await turn()
    expect(traffic).toEqual(['sent show x\n', 'received show x\r\nr1#'])
  })
})
