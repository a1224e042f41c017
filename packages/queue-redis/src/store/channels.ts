/** The subset of a subscribing client that is used. */
export interface Subscriber {
  subscribe(...channels: string[]): Promise<unknown>
  unsubscribe(...channels: string[]): Promise<unknown>
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  off(event: 'message', listener: (channel: string, message: string) => void): unknown
}

type Listener = (message: string) => void

interface Channel {
  readonly listeners: Set<Listener>
  readonly ready: Promise<unknown>
}

/** Messages by channel over one connection; a channel is subscribed to while somebody listens. */
export class Channels {
  readonly #subscriber: Subscriber
  readonly #prefix: string
  readonly #channels = new Map<string, Channel>()

  constructor(subscriber: Subscriber, prefix: string) {
    this.#subscriber = subscriber
    this.#prefix = prefix
    subscriber.on('message', this.#deliver)
  }

  /** Resolves once no message is missed any more; with what ends the listening. */
  async listen(name: string, listener: Listener): Promise<() => void> {
    const full = this.#prefix + name
    const channel = this.#channels.get(full) ?? { listeners: new Set(), ready: this.#subscriber.subscribe(full) }
    this.#channels.set(full, channel)
    channel.listeners.add(listener)
    const leave = (): void => {
      channel.listeners.delete(listener)
      if (channel.listeners.size > 0 || this.#channels.get(full) !== channel) return
      this.#channels.delete(full)
      // A connection that is gone has no subscriptions.
      this.#subscriber.unsubscribe(full).catch(() => undefined)
    }
    try {
      await channel.ready
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  close(): void {
    this.#subscriber.off('message', this.#deliver)
    this.#channels.clear()
  }

  readonly #deliver = (channel: string, message: string): void => {
    for (const listener of [...(this.#channels.get(channel)?.listeners ?? [])]) listener(message)
  }
}
