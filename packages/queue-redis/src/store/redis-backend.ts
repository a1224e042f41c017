import type { QueueBackend } from '@netpulse/queue'
import { RedisNodeCommands } from '../bee/redis-node-commands.js'
import type { Connections } from '../connection/connections.js'
import { EventFeed } from './event-feed.js'
import { Housekeeping } from './housekeeping.js'
import { Kernel } from './kernel.js'
import { Lives } from './lives.js'
import { RedisAudit } from './redis-audit.js'
import { RedisJobs } from './redis-jobs.js'
import { RedisHolds, RedisLeases, RedisMailboxes } from './redis-mailboxes.js'
import { RedisNodes } from './redis-nodes.js'
import { RedisOutbox } from './redis-outbox.js'
import { RedisTasks } from './redis-tasks.js'
import { RedisWork } from './redis-work.js'
import type { RedisBackendOptions } from './settings.js'
import { settingsOf } from './settings.js'

/** Jobs, order, leases and events in Redis, shared by any number of processes. */
export class RedisBackend implements QueueBackend {
  readonly #kernel: Kernel
  readonly #lives: Lives
  readonly #housekeeping: Housekeeping
  readonly jobs: RedisJobs
  readonly work: RedisWork
  readonly mailboxes: RedisMailboxes
  readonly leases: RedisLeases
  readonly nodes: RedisNodes
  readonly holds: RedisHolds
  readonly commands: RedisNodeCommands
  readonly outbox: RedisOutbox
  readonly audit: RedisAudit
  readonly tasks: RedisTasks
  #isStarted = false
  #stopping: Promise<void> | undefined

  constructor(connections: Connections, options: RedisBackendOptions) {
    const kernel = new Kernel(connections, settingsOf(options))
    const housekeeping = new Housekeeping(kernel)
    const lives = new Lives(kernel)
    this.#kernel = kernel
    this.#lives = lives
    this.#housekeeping = housekeeping
    this.jobs = new RedisJobs({ kernel, housekeeping, feed: new EventFeed(kernel) })
    this.work = new RedisWork({ kernel, lives, jobs: this.jobs })
    this.mailboxes = new RedisMailboxes(kernel, lives)
    this.leases = new RedisLeases(kernel)
    this.nodes = new RedisNodes(kernel, lives)
    this.holds = new RedisHolds(kernel)
    this.outbox = new RedisOutbox(kernel)
    this.audit = new RedisAudit(kernel)
    this.tasks = new RedisTasks(kernel)
    this.commands = new RedisNodeCommands({ connections, log: kernel.log, ...scriptTime(kernel) })
  }

  async start(): Promise<void> {
    this.#kernel.open()
    if (this.#isStarted) return
    this.#isStarted = true
    this.#lives.start()
    this.#housekeeping.start()
    this.audit.start()
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#isStarted ? this.#kernel.close() : Promise.resolve()
    return this.#stopping
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

/** The time of the scripts, where it is not that of Redis. */
function scriptTime({ settings: { scriptClock } }: Kernel): { readonly nowMs?: () => Promise<number> } {
  return scriptClock === undefined ? {} : { nowMs: async () => scriptClock.now().getTime() }
}
