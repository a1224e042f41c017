import { midPush, strikeAt } from '../moments.mjs'
import { warm } from '../work.mjs'
import { iosAndJunos } from './kills.mjs'

const restarts = {
  name: 'Redis is killed and comes back from its append-only file',
  platforms: iosAndJunos,
  async strike(world) {
    await warm(world)
    return strikeAt(world, midPush, async () => {
      await world.redis.kill()
      await world.redis.restart()
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
