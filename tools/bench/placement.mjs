// Where each scheduler puts 10,000 devices, and how often controllers that choose at once from one picture of the nodes
// find the chosen node full. A simulation, the same for the same seed: node tools/bench/placement.mjs [seed]
import { asDeviceId, asNodeId } from '@netpulse/core'
import { seededRandom } from '@netpulse/core/testing'
import { schedulers } from '@netpulse/scheduler'
import { percentile } from './statistics.mjs'

const seed = Number(process.argv[2] ?? 1)
const deviceCount = 10_000
/** Places in all: a fifth stays free once all devices are placed, or none. */
const rooms = { roomy: 12_500, tight: 10_000 }
/** Devices offered on top of what has room: they must be refused, and no other may be. */
const tooMany = 500

/** Shares of the room, node by node, over and over. */
const capacities = { equal: [1], unequal: [1, 2, 5] }

const devicesOf = (count) => Array.from({ length: count }, (_, index) => asDeviceId(`d${index}`))
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)

class Cluster {
  constructor(count, shares, room) {
    const weights = Array.from({ length: count }, (_, index) => shares[index % shares.length])
    const floors = weights.map((weight) => Math.floor((weight * room) / sum(weights)))
    const rest = room - sum(floors)
    this.nodes = floors.map((floor, index) => ({
      node: asNodeId(`n${index}`),
      pinned: 0,
      capacity: floor + (index < rest ? 1 : 0),
    }))
    this.byName = new Map(this.nodes.map((node) => [node.node, node]))
  }

  get picture() {
    return this.nodes.map((node) => ({ ...node }))
  }

  get room() {
    return sum(this.nodes.map(({ pinned, capacity }) => capacity - pinned))
  }

  /** What the backend does in one step: takes the device where there is room. */
  claim(name) {
    const node = this.byName.get(name)
    if (node === undefined || node.pinned >= node.capacity) return false
    node.pinned++
    return true
  }
}

/** One controller, batches of 100, each from a fresh picture. */
function distribution(scheduler, cluster) {
  const random = seededRandom(seed)
  const put = (count) => {
    let [refusedWithRoom, overbooked] = [0, 0]
    for (let left = count; left > 0; left -= 100) {
      const chosen = scheduler.place(devicesOf(Math.min(100, left)), cluster.picture, random)
      const named = chosen.filter((node) => node !== undefined)
      overbooked += named.filter((node) => !cluster.claim(node)).length
      refusedWithRoom += Math.min(chosen.length - named.length, cluster.room)
    }
    return { refusedWithRoom, overbooked }
  }
  const first = put(deviceCount)
  const { nodes } = cluster
  const loads = nodes.map(({ pinned }) => pinned)
  const shares = nodes.map(({ pinned, capacity }) => Math.round((100 * pinned) / capacity))
  const rest = put(cluster.room + tooMany)
  return {
    devices: spreadOf(loads),
    percentFull: spreadOf(shares),
    refusedWithRoom: first.refusedWithRoom + rest.refusedWithRoom,
    overbooked: first.overbooked + rest.overbooked,
  }
}

const spreadOf = (numbers) => ({
  min: Math.min(...numbers),
  median: percentile(numbers, 0.5),
  max: Math.max(...numbers),
})

/** The controllers' choices, one of each in turn. */
function* inTurn(batches) {
  const longest = Math.max(...batches.map(({ length }) => length))
  for (let index = 0; index < longest; index++) {
    for (const batch of batches) if (index < batch.length) yield batch[index]
  }
}

/**
 * All controllers choose from the same picture, then the choices are claimed in turn. What finds its node full is placed
 * again from the next picture. Answers with how many choices found their node full.
 */
function conflictsOf(scheduler, cluster, { controllers, batch }) {
  const random = seededRandom(seed)
  let conflicts = 0
  for (let left = deviceCount; left > 0;) {
    const picture = cluster.picture
    const batches = []
    for (let index = 0, open = left; index < controllers && open > 0; index++, open -= batch) {
      batches.push(scheduler.place(devicesOf(Math.min(batch, open)), picture, random))
    }
    for (const node of inTurn(batches)) {
      // Never placed, it would be offered for ever.
      if (node === undefined) throw new Error('a device was refused while there was room')
      if (cluster.claim(node)) left--
      else conflicts++
    }
  }
  return conflicts
}

/** By `controllers x batch`. */
function contests(scheduler, newCluster) {
  const cases = [2, 4, 8].flatMap((controllers) => [1, 100, 1000].map((batch) => ({ controllers, batch })))
  return Object.fromEntries(
    cases.map((load) => [`${load.controllers}x${load.batch}`, conflictsOf(scheduler, newCluster(), load)]),
  )
}

for (const nodes of [3, 30]) {
  for (const [kind, shares] of Object.entries(capacities)) {
    for (const [name, scheduler] of Object.entries(schedulers)) {
      const spread = distribution(scheduler, new Cluster(nodes, shares, rooms.roomy))
      if (spread.refusedWithRoom + spread.overbooked > 0) process.exitCode = 1
      const conflicts = Object.fromEntries(
        Object.entries(rooms).map(([key, room]) => [key, contests(scheduler, () => new Cluster(nodes, shares, room))]),
      )
      const what = { benchmark: 'placement', seed, nodes, capacities: kind, scheduler: name }
      console.log(JSON.stringify({ ...what, ...spread, conflicts }))
    }
  }
}
