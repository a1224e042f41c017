import type { RecordedSession } from '@netpulse/platforms/testing'
import { loadSession } from '@netpulse/platforms/testing'
import type { Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOptions, context, openSession, platforms } from '../support/open-session.js'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator()
})

afterAll(() => simulator.stop())

const cases = platforms.list().flatMap(({ name, file }) => (file === undefined ? [{ name }] : []))

/** Those whose recording enters the config mode from elsewhere. */
const configurable = cases.filter(({ name }) => {
  const mode = platforms.get(name).config?.mode
  return loadSession(name).exchanges.some((exchange) => exchange.nextMode === mode && exchange.mode !== mode)
})

interface Case {
  readonly input: string
  readonly failure: string | undefined
  readonly output: string
}

/** Commands at the prompt of a mode that lead back to it, and what is recorded between echo and prompt. */
function commandsIn(recorded: RecordedSession, mode: string): readonly Case[] {
  return recorded.exchanges.flatMap(({ mode: from, nextMode, enter, input, output, failure }) => {
    if (from !== mode || nextMode !== mode || !enter || input === '') return []
    const text = output.replace(/\r+\n/g, '\n').replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, '')
    return [{ input, failure, output: text.slice(text.indexOf('\n') + 1, text.lastIndexOf('\n') + 1) }]
  })
}

describe('the driver on the recorded sessions of the platforms', () => {
  it.each(cases)('opens $name, and reads what was recorded', async ({ name }) => {
    const recorded = loadSession(name)
    const device = await simulator.add({ name, platform: name, replay: recorded })
    const secret = Object.values(recorded.secrets)[0]
    const session = await openSession(device, { timeout: 5, ...(secret === undefined ? {} : { secret }) })
    const mode = String(session.info['mode'])
    expect(mode).toBe(platforms.get(name).defaultMode)
    const commands = commandsIn(recorded, mode)
    expect(commands.length).toBeGreaterThan(0)
    for (const { input, failure, output } of commands) {
      const reply = await session.send(input, context, commandOptions({ read_timeout: 5 }))
      expect({ input, failure: reply.failure?.kind }).toEqual({ input, failure })
      expect(output).toContain(reply.output)
    }
    await session.probe(context)
    expect(session.usable).toBe(true)
    await session[Symbol.asyncDispose]()
    await device.remove()
  })

  it.each(configurable)('enters the config mode of $name and comes back', async ({ name }) => {
    const recorded = loadSession(name)
    const platform = platforms.get(name)
    const device = await simulator.add({ name, platform: name, replay: recorded })
    const secret = Object.values(recorded.secrets)[0]
    const session = await openSession(device, { timeout: 5, ...(secret === undefined ? {} : { secret }) })
    await session.config!.enter(context, { options: { exclusive: false }, switches: {} })
    await session.config!.leave(context)
    expect(session).toMatchObject({ usable: true, info: { mode: platform.defaultMode } })
    await session[Symbol.asyncDispose]()
    await device.remove()
  })
})
