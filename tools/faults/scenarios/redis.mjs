import { midPush, strikeAt } from '../moments.mjs'
import { submitIfTaken, warm } from '../work.mjs'
import { iosAndJunos } from './kills.mjs'

/** Queries that come in through both controllers while the fault strikes; what is not acknowledged may be lost. */
const storm = (world) =>
  Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      submitIfTaken(world, { device: world.devices[index % 2], mark: `s${index}`, controller: index % 2 }),
    ),
  )

const restarts = {
  name: 'Redis is killed and comes back from its append-only file',
  platforms: iosAndJunos,
  async strike(world) {
    await warm(world)
    return strikeAt(world, midPush, async () => {
      const submits = storm(world)
      await world.redis.kill()
      await world.redis.restart()
      await submits
    })
  },
}

const pauses = (seconds) => ({
  name: `Redis says nothing for ${seconds} seconds`,
  platforms: iosAndJunos,
  async strike(world) {
    await warm(world)
    await strikeAt(world, midPush, () => {
      world.redis.pause()
      world.later(seconds * 1000, () => world.redis.resume())
    })
    await world.settled()
    return Date.now()
  },
})

export const redis = [restarts, pauses(3), pauses(20)]
