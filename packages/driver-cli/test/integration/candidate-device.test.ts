import type { Session } from '@netpulse/driver-sdk'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyLines, commandOptions, configOptions, context, openSession } from '../support/open-session.js'

let simulator: Simulator
let device: SimulatedDevice
let session: Session

beforeAll(async () => {
  simulator = await startSimulator()
})

beforeEach(async () => {
  device = await simulator.add({ name: 'j1', platform: 'juniper_junos', refuseCommit: [/refuse-me/] })
  session = await openSession(device)
})

afterEach(async () => {
  await session[Symbol.asyncDispose]()
  await device.remove()
})

afterAll(() => simulator.stop())

describe('a session with a device that has a candidate', () => {
  it('shows the difference, commits, and rests in its base mode', async () => {
    const replies = await applyLines(session, ['set system host-name j7', 'set system location building here'])
    expect(replies.map(({ failure }) => failure)).toEqual([null, null])
    const candidate = session.config!.candidate!
    expect(await candidate.compare(context)).toContain('j7')
    expect(device.runningConfig).not.toContain('j7')
    expect(await candidate.commit(context)).toMatchObject({ failure: null })
    await session.config!.leave(context)
    expect(device.runningConfig).toContain('j7')
    expect(session).toMatchObject({ usable: true })
    expect((await session.send('show version', context, commandOptions())).failure).toBeNull()
  })

  it('leaves nothing in force after a discard', async () => {
    const replies = await applyLines(session, ['set system host-name j7', 'set nonsense here'])
    expect(replies.at(-1)!.failure).not.toBeNull()
    await session.config!.candidate!.discard(context)
    expect(await session.config!.candidate!.compare(context)).toBe('')
    await session.config!.leave(context)
    expect(device.runningConfig).not.toContain('j7')
    expect(device.candidateConfig).not.toContain('j7')
    expect(session.usable).toBe(true)
  })

  it('reports a commit that the device refuses', async () => {
    await applyLines(session, ['set system host-name refuse-me'])
    const reply = await session.config!.candidate!.commit(context)
    expect(reply.failure).not.toBeNull()
    await session.config!.candidate!.discard(context)
    await session.config!.leave(context)
    expect(session.usable).toBe(true)
  })

  it('does not share the candidate, unless it is told to', async () => {
    const other = await openSession(device)
    await other.config!.enter(context, configOptions())
    await expect(session.config!.enter(context, configOptions())).rejects.toMatchObject({ code: 'ENABLE_FAILED' })
    await other.config!.leave(context)
    await session.config!.enter(context, configOptions({ exclusive: false }))
    await other.config!.enter(context, configOptions({ exclusive: false }))
    await other.config!.leave(context)
    await session.config!.leave(context)
    await other[Symbol.asyncDispose]()
  })
})
