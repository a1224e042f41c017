import { asDeviceId } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { OpenGate } from '../../src/sessions/open-gate.js'

const r1 = asDeviceId('r1')
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('logins', () => {
  it('to one device take turns in their order; other devices do not wait', async () => {
    const gate = new OpenGate()
    const { signal } = new AbortController()
    const order: string[] = []
    const first = await gate.enter(r1, signal)
    const second = gate.enter(r1, signal).then((leave) => (order.push('second'), leave()))
    const third = gate.enter(r1, signal).then((leave) => (order.push('third'), leave()))
    ;(await gate.enter(asDeviceId('r2'), signal))()
    await turn()
    expect(order).toEqual([])
    first()
    await Promise.all([second, third])
    expect(order).toEqual(['second', 'third'])
    await turn()
    expect(gate.size).toBe(0)
  })

  it('give their place up when they are aborted while they wait', async () => {
    const gate = new OpenGate()
    const { signal } = new AbortController()
    const controller = new AbortController()
    const first = await gate.enter(r1, signal)
    const second = gate.enter(r1, controller.signal)
    const third = gate.enter(r1, signal)
    controller.abort(new Error('no longer wanted'))
    await expect(second).rejects.toThrow('no longer wanted')
    first()
    ;(await third)()
    await turn()
    expect(gate.size).toBe(0)
  })

  it('that hang do not lock their device after their abort', async () => {
    const gate = new OpenGate()
    const controller = new AbortController()
    await gate.enter(r1, controller.signal)
    const second = gate.enter(r1, new AbortController().signal)
    controller.abort()
    ;(await second)()
    await expect(gate.enter(r1, controller.signal)).rejects.toThrow()
    await turn()
    expect(gate.size).toBe(0)
  })
})
