import type { Clock, Logger } from '@netpulse/core'
import { queueError } from '@netpulse/queue'
import type { Connections } from '../connection/connections.js'
import { storeError } from '../connection/store-error.js'
import type { ScriptName } from '../scripts/scripts.js'
import { commandOf, scripts } from '../scripts/scripts.js'
import { Channels } from './channels.js'
import { Deliveries } from './deliveries.js'
import { Requests } from './requests.js'
import type { RedisBackendSettings } from './settings.js'

/** What a script takes. */
export type Argument = string | number

type Command = (...parts: Argument[]) => Promise<unknown>

/** What all parts of the Redis backend share. */
export class Kernel {
  readonly settings: RedisBackendSettings
  readonly connections: Connections
  readonly channels: Channels
  readonly deliveries = new Deliveries()
  readonly requests = new Requests()
  /** Called when the backend stops, before it stops. */
  readonly #closers = new Set<() => void | Promise<void>>()
  #phase: 'new' | 'open' | 'closed' = 'new'

  constructor(connections: Connections, settings: RedisBackendSettings) {
    this.connections = connections
    this.settings = settings
    this.channels = new Channels(connections.subscriber, connections.prefix)
  }

  get clock(): Clock {
    return this.settings.clock
  }

  get log(): Logger {
    return this.settings.log
  }

  open(): void {
    if (this.#phase === 'closed') throw queueError('STORE_UNAVAILABLE', 'A stopped queue backend cannot start again.')
    if (this.#phase === 'open') return
    for (const { command, lua } of scripts) this.connections.commands.defineCommand(command, { numberOfKeys: 1, lua })
    this.#phase = 'open'
  }

  /** Ends what parts have begun. */
  async close(): Promise<void> {
    this.#phase = 'closed'
    for (const close of [...this.#closers]) await close()
    this.deliveries.abandon(queueError('LEASE_LOST', 'The queue backend was stopped.'))
    this.channels.close()
  }

  /** Something to do at the stop. Returns what takes it back. */
  onClose(close: () => void | Promise<void>): () => void {
    this.#closers.add(close)
    return () => this.#closers.delete(close)
  }

  get isOpen(): boolean {
    return this.#phase === 'open'
  }

  /** @throws STORE_UNAVAILABLE */
  assertOpen(): void {
    if (this.#phase === 'open') return
    throw queueError(
      'STORE_UNAVAILABLE',
      `The queue backend ${this.#phase === 'new' ? 'was not started' : 'is closed'}.`,
    )
  }

  /** Runs a script. @throws STORE_UNAVAILABLE: what it was to do may be done or not */
  async run(script: ScriptName, ...args: readonly Argument[]): Promise<unknown> {
    this.assertOpen()
    return this.send(script, ...args)
  }

  /** As `run`, also while the backend stops. */
  async send(script: ScriptName, ...args: readonly Argument[]): Promise<unknown> {
    const { commands, prefix } = this.connections
    const { scriptClock, maxEvents } = this.settings
    const now = scriptClock === undefined ? '' : scriptClock.now().getTime()
    const client = commands as unknown as Readonly<Record<string, Command>>
    return this.ask(client[commandOf(script)]!.call(commands, prefix, now, maxEvents, ...args))
  }

  /** An answer of Redis, its failures as ours. */
  async ask<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer
    } catch (error) {
      throw storeError(error)
    }
  }

  key(name: string): string {
    return this.connections.prefix + name
  }
}
