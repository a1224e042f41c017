import { unlessStruck } from '../calls.mjs'
import { allSucceed } from '../expectations.mjs'
import { midPush, strikeAt } from '../moments.mjs'
import { load, submitBulk, submitIfTaken, warm } from '../work.mjs'
import { iosAndJunos } from './kills.mjs'

const threeDevices = ['cisco_iosxe', 'cisco_iosxe', 'juniper_junos']

const diesInBulk = {
  name: 'a controller is killed while it takes a bulk in',
  platforms: threeDevices,
  async strike(world) {
    await load(world)
    const [controller] = world.fleet.controllers
    const wishes = Array.from({ length: 2000 }, (_, index) => ({ device: world.devices[index % 3], mark: `k${index}` }))
    // The first bytes of the bulk on their way to Redis: the rest of it is not taken in any more.
    const taking = new Promise((resolve) => controller.proxy.onSent((bytes) => bytes.length > 10_000 && resolve()))
    const taken = unlessStruck(submitBulk(world, { wishes }))
    await Promise.race([taking, taken])
    const faultAt = Date.now()
    await controller.kill()
    await taken
    return faultAt
  },
  limitSeconds: 30,
}

const diesInSubmits = {
  name: 'a controller is killed while it takes single jobs in',
  platforms: threeDevices,
  async strike(world) {
    await load(world)
    const [controller] = world.fleet.controllers
    const many = Array.from({ length: 300 }, (_, index) =>
      submitIfTaken(world, { device: world.devices[index % 3], mark: `k${index}` }),
    )
    await Promise.race(many)
    const faultAt = Date.now()
    await controller.kill()
    await Promise.all(many)
    return faultAt
  },
}

const diesInPush = {
  name: 'a controller is killed while a push that it took in is under way',
  platforms: iosAndJunos,
  async strike(world) {
    await warm(world)
    return strikeAt(world, midPush, () => world.fleet.controllers[0].kill())
  },
  // Jobs that could not be handed in any more are not among the accepted.
  expect: allSucceed,
}

export const controllers = [diesInBulk, diesInSubmits, diesInPush]
