/** A server that is to be fuzzed, with devices and a receiver of webhooks. */
export interface World {
  readonly url: string
  readonly key: string
  stop(): Promise<void>
}

/** `embedded`: one process; `redis`: a controller and a worker on a Redis of their own. */
export function startWorld(kind: 'embedded' | 'redis'): Promise<World>
