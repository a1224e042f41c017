import { asDeviceId, asNodeId } from '@netpulse/core'
import type { DeviceId } from '@netpulse/core'
import { seededRandom } from '@netpulse/core/testing'
import type { NodeLoad, Scheduler } from '@netpulse/plugin-sdk'
import { describe, expect, it } from 'vitest'

const devicesOf = (count: number): DeviceId[] => Array.from({ length: count }, (_, index) => asDeviceId(`d${index}`))

/** Some cluster: up to 12 nodes with some load each, full ones among them. */
function clusterOf(random: () => number): NodeLoad[] {
  return Array.from({ length: Math.floor(random() * 13) }, (_, index) => {
    const capacity = Math.floor(random() * 20)
    return { node: asNodeId(`n${index}`), capacity, pinned: Math.floor(random() * (capacity + 2)) }
  })
}

const roomOf = (nodes: readonly NodeLoad[]): number =>
  nodes.reduce((sum, { pinned, capacity }) => sum + Math.max(0, capacity - pinned), 0)

/** What every scheduler promises, a third party's too. Runs inside vitest. */
export function schedulerContract(name: string, scheduler: Scheduler): void {
  describe(`scheduler ${name}`, () => {
    it('answers for each device, fills no node above its capacity, and refuses none while there is room', () => {
      for (let seed = 0; seed < 500; seed++) {
        const random = seededRandom(seed)
        const nodes = clusterOf(random)
        const devices = devicesOf(Math.floor(random() * 120))
        const placed = scheduler.place(devices, nodes, random)
        expect(placed).toHaveLength(devices.length)
        for (const { node, pinned, capacity } of nodes) {
          const more = placed.filter((chosen) => chosen === node).length
          expect(more).toBeLessThanOrEqual(Math.max(0, capacity - pinned))
        }
        const found = placed.filter((chosen) => chosen !== undefined).length
        expect(found).toBe(Math.min(devices.length, roomOf(nodes)))
      }
    })

    it('chooses the same for the same numbers, and changes nothing that it is given', () => {
      const nodes = clusterOf(seededRandom(7))
      const before = structuredClone(nodes)
      const choose = (): unknown => scheduler.place(devicesOf(50), nodes, seededRandom(3))
      expect(choose()).toEqual(choose())
      expect(nodes).toEqual(before)
    })

    it('takes no node for no device, and none from an empty cluster', () => {
      expect(scheduler.place([], clusterOf(seededRandom(1)), seededRandom(1))).toEqual([])
      expect(scheduler.place(devicesOf(2), [], seededRandom(1))).toEqual([undefined, undefined])
    })
  })
}
