import { controllers } from './controllers.mjs'
import { kills } from './kills.mjs'
import { nodes } from './nodes.mjs'
import { redis } from './redis.mjs'

/**
 * Every fault. `strike` does it, with work under way, and answers with its instant; `expect` answers with what did not come
 * of it, beside what must hold always; `skip` says why it cannot be tried here.
 */
export const scenarios = [...kills, ...controllers, ...redis, ...nodes]
