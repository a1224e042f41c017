import type { Command, RedisOptions } from 'ioredis'
import { Redis as IoRedis } from 'ioredis'

/** Without the choice of reply shapes, which is RESP3's. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>

type SendCommand = InstanceType<typeof IoRedis>['sendCommand']
type Destination = Parameters<SendCommand>[1]

/** ioredis' own note whether the caller has had an answer or an error; absent in its types. */
type Settling = Command & { readonly isSettled?: boolean }

/**
 * The one Redis client. Three things differ from ioredis:
 *
 * - bee-queue knows a client by `constructor.name === 'Redis'`. ioredis 6 does not pass (its prototype's constructor is
 *   EventEmitter) and would be taken for options that name no host: bee-queue then talks to localhost:6379.
 * - Commands of one turn of the event loop leave in one write, and no command waits for an earlier batch, as it does with
 *   ioredis' own auto-pipelining.
 * - A command that its caller has given up (timeout) is not sent later. ioredis would send it after the reconnect,
 *   however late.
 *
 * What stays: commands that were sent and not answered when the connection broke are sent again after the reconnect, so
 * Redis may run one twice. Every script that changes something must be idempotent by a request id.
 */
export class Redis extends IoRedis {
  /** Survives bundlers that rename classes. */
  static override readonly name = 'Redis'

  #batch: IoRedis['stream'] | undefined

  /** `duplicate` makes what `duplicate()` returns: bee-queue asks for its blocking connection that way. */
  constructor(options: ClientOptions, duplicate?: () => Redis) {
    super(options)
    if (duplicate !== undefined) Object.assign(this, { duplicate })
  }

  override sendCommand(command: Command, destination?: Destination): unknown {
    if ((command as Settling).isSettled === true) {
      if (destination === undefined) return command.promise
      // A pipeline is written once all its commands have arrived, and answers are matched by position: fill the place.
      Object.assign(command, { name: 'ping', args: [] })
    }
    this.#cork()
    return super.sendCommand(command, destination)
  }

  #cork(): void {
    const { stream } = this
    if (this.#batch !== undefined || this.status !== 'ready') return
    this.#batch = stream
    stream.cork()
    setImmediate(() => {
      this.#batch = undefined
      stream.uncork()
    })
  }
}
