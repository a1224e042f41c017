import { randomBytes } from 'node:crypto'
import type { JsonObject, Logger } from '@netpulse/core'
import { silentLogger } from '@netpulse/core'
import { Redis } from 'ioredis'
import { describe } from 'vitest'
import type { RedisServer, RedisServerOptions } from '../../../../tools/test/redis-server.mjs'
import { redisSource, startRedis } from '../../../../tools/test/redis-server.mjs'
import type { Connections } from '../../src/connection/connections.js'
import { connectRedis } from '../../src/connection/connections.js'
import type { RedisOptions } from '../../src/connection/redis-options.js'

const source = redisSource()

/** Tests that need any Redis: one that runs at REDIS_URL, or a redis-server of their own. */
export function describeRedis(name: string, define: () => void): void {
  if (source.kind === 'none') skip(name, source.reason, define)
  else describe(name, define)
}

/** Tests that kill, pause or configure their server: never the one at REDIS_URL. */
export function describeOwnRedis(name: string, define: () => void): void {
  if (source.kind === 'program') describe(name, define)
  else if (source.kind === 'none') skip(name, source.reason, define)
  else skip(name, 'REDIS_URL is set, and a server of others is not stopped or configured', define)
}

function skip(name: string, reason: string, define: () => void): void {
  // The runner of all checks shows this line once.
  console.log(`Redis tests skipped: ${reason}.`)
  describe.skip(name, define)
}

/** What a test opened on Redis, with one way to end it all. */
export class RedisBench {
  readonly #ends: (() => Promise<unknown>)[] = []

  /** A server of the test's own. */
  async server(options?: RedisServerOptions): Promise<RedisServer> {
    const server = await startRedis(options)
    this.#ends.push(() => server.stop())
    return server
  }

  /** A place on any Redis that nobody else uses: its keys go at the end. */
  async place(): Promise<Required<Pick<RedisOptions, 'url' | 'keyPrefix'>>> {
    const url = source.kind === 'url' ? source.url : (await this.server()).url
    const keyPrefix = `test-${randomBytes(8).toString('hex')}`
    if (source.kind === 'url') this.#ends.push(() => removeKeys(url, `{${keyPrefix}}:`))
    return { url, keyPrefix }
  }

  async connect(options: RedisOptions, logger: Logger = silentLogger): Promise<Connections> {
    const connections = await connectRedis(options, logger)
    this.#ends.push(() => connections.close())
    return connections
  }

  /** A plain client beside the product. */
  client(url: string): Redis {
    const client = new Redis(url, { retryStrategy: null })
    client.on('error', () => undefined)
    this.#ends.push(async () => client.disconnect())
    return client
  }

  onEnd(end: () => Promise<unknown>): void {
    this.#ends.push(end)
  }

  /** Last opened, first closed. */
  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url)
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1000 })) {
    if ((keys as string[]).length > 0) await client.unlink(keys as string[])
  }
  client.disconnect()
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: JsonObject
  readonly message: string
}

/** A logger that keeps its lines and says when one has come. */
export class LogBook implements Logger {
  readonly lines: LogLine[] = []
  readonly #waiting: { readonly pattern: RegExp; readonly found: (line: LogLine) => void }[] = []

  readonly debug = (fields: JsonObject, message: string): void => this.#add({ level: 'debug', fields, message })
  readonly info = (fields: JsonObject, message: string): void => this.#add({ level: 'info', fields, message })
  readonly warn = (fields: JsonObject, message: string): void => this.#add({ level: 'warn', fields, message })
  readonly error = (fields: JsonObject, message: string): void => this.#add({ level: 'error', fields, message })

  /** The first line, past or to come, whose message fits. */
  line(pattern: RegExp): Promise<LogLine> {
    const past = this.lines.find(({ message }) => pattern.test(message))
    if (past !== undefined) return Promise.resolve(past)
    return new Promise((found) => this.#waiting.push({ pattern, found }))
  }

  matching(pattern: RegExp): readonly LogLine[] {
    return this.lines.filter(({ message }) => pattern.test(message))
  }

  #add(line: LogLine): void {
    this.lines.push(line)
    for (const { pattern, found } of this.#waiting) if (pattern.test(line.message)) found(line)
  }
}
