import { asDeviceId, asNodeId } from '@netpulse/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { PluginManifest, SchedulerManifest } from '../../src/index.js'
import { definePlugin, pluginApiVersion } from '../../src/index.js'

const firstFit = {
  kind: 'scheduler',
  name: 'first_fit',
  apiVersion: pluginApiVersion,
  optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
  load: () =>
    Promise.resolve({
      place: (devices, nodes) => devices.map(() => nodes.find(({ pinned, capacity }) => pinned < capacity)?.node),
    }),
} satisfies SchedulerManifest

describe('definePlugin', () => {
  it('gives back the manifest itself, as the type that was written', () => {
    const manifest = definePlugin(firstFit)
    expect(manifest).toBe(firstFit)
    expectTypeOf(manifest).toEqualTypeOf<typeof firstFit>()
    expectTypeOf(manifest.kind).toEqualTypeOf<'scheduler'>()
  })

  it('loads what the interface of its kind says', async () => {
    const manifest: SchedulerManifest = definePlugin(firstFit)
    const scheduler = await manifest.load({})
    const node = (name: string, pinned: number): Parameters<typeof scheduler.place>[1][number] => ({
      node: asNodeId(name),
      pinned,
      capacity: 1,
    })
    expect(scheduler.place([asDeviceId('r1')], [node('full', 1), node('free', 0)], Math.random)).toEqual(['free'])
    expect(scheduler.place([asDeviceId('r1')], [], Math.random)).toEqual([undefined])
  })

  it('does not compile without a kind of ours, a version or a schema', () => {
    expectTypeOf<Omit<typeof firstFit, 'kind'> & { kind: 'cook' }>().not.toExtend<PluginManifest>()
    expectTypeOf<Omit<typeof firstFit, 'apiVersion'>>().not.toExtend<PluginManifest>()
    expectTypeOf<Omit<typeof firstFit, 'optionsSchema'>>().not.toExtend<PluginManifest>()
  })

  it('speaks a version that is an integer: the interface, not the package', () => {
    expect(Number.isInteger(pluginApiVersion)).toBe(true)
  })
})
