import { FakeClock } from '@netpulse/core/testing'
import { loadPlatforms } from '@netpulse/platforms'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer, ChannelCall } from '../../../src/index.js'
import { CliChannel } from '../../../src/index.js'
import { readCorpus } from './corpora.js'
import { cutAt, ScriptedDevice, turn } from './scripted-device.js'

const platforms = loadPlatforms()
const call: ChannelCall = { signal: new AbortController().signal, timeoutMs: 30_000 }
const places = fc.array(fc.nat(), { maxLength: 12 })

interface Open {
  readonly clock: FakeClock
  readonly device: ScriptedDevice
  readonly channel: CliChannel
}

async function opened(platform: string, greeting: string): Promise<Open> {
  const device = new ScriptedDevice()
  const clock = new FakeClock()
  const channel = new CliChannel(device, { platform: platforms.get(platform), clock })
  const first = channel.read({ ...call, anyPrompt: true })
  device.send(greeting)
  await turn()
  await clock.advance(1000)
  await first
  return { device, clock, channel }
}

async function exchange(
  { device, channel, clock }: Open,
  input: string,
  sent: string,
  cuts: number[],
): Promise<Answer> {
  const answer = channel.send(input, call)
  await device.sendPieces(cutAt(sent, cuts))
  // A prompt of another mode may have another name.
  await clock.advance(1000)
  return answer
}

const linesOf = (text: string): string => text.replaceAll('\r', '').trimEnd()

// A stream holds everything that a device sent: what stands between two prompts is one echo with its answer.
const eosPrompt = /(?<=^|\n)(eos1(?:\(config[^)]*\))?[>#])/
const streams = (readCorpus('streams.jsonl.gz') ?? '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as { id: string; kind: string; bytes: string })
  .filter(({ kind, bytes }) => kind === 'cli' && eosPrompt.test(bytes))

describe.skipIf(streams.length === 0)('CliChannel on recorded streams', () => {
  it.each(streams)('reads $id', async ({ bytes }) => {
    const parts = bytes.split(eosPrompt)
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        const open = await opened('arista_eos', parts[0]! + parts[1]!)
        for (let index = 2; index + 1 < parts.length; index += 2) {
          const [echo = '', ...rest] = parts[index]!.split('\r\n')
          const output = linesOf(rest.join('\n'))
          // A password was asked for and typed in between, unseen.
          const answer = await exchange(open, echo, parts[index]! + parts[index + 1]!, cuts)
          expect(answer).toMatchObject({ output, prompt: parts[index + 1]! })
        }
      }),
      { numRuns: 10 },
    )
  })
})

interface RecordedEvent {
  readonly channel_output: string
  readonly returns_prompt: boolean
  readonly closes_connection: boolean
}

type RecordedSessions = Record<
  string,
  {
    readonly events: Record<string, Record<string, Record<string, RecordedEvent>>>
    readonly privilege_level_prompts: Record<string, string>
  }
>

const sessions = Object.entries(JSON.parse(readCorpus('sessions.json.gz') ?? '{}') as RecordedSessions)
const events = sessions.flatMap(([platform, session]) =>
  Object.entries(session.events).flatMap(([mode, phases]) =>
    Object.values(phases).flatMap((inputs) =>
      Object.entries(inputs)
        .filter(([, event]) => event.returns_prompt && !event.closes_connection)
        .map(([input, event]) => ({ platform, mode, input, event, prompt: session.privilege_level_prompts[mode]! })),
    ),
  ),
)

describe.skipIf(events.length === 0)('CliChannel on recorded sessions', () => {
  it.each(events)('reads $platform in $mode: $input', async ({ platform, input, event, prompt }) => {
    const text = event.channel_output
    const last = text.slice(text.lastIndexOf('\n') + 1)
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        const open = await opened(platform, `\r\n${prompt}`)
        const sent = `${input}\r\n${text.replaceAll('\n', '\r\n')}`
        const answer = await exchange(open, input, sent, cuts)
        expect(answer.prompt.split('\n').at(-1)!.trim()).toBe(last.trim())
        const before = text.trimEnd().slice(0, -answer.prompt.trimEnd().length)
        expect(answer.output).toBe(before.trimEnd())
      }),
      { numRuns: 3 },
    )
  })
})
