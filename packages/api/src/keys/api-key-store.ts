import type { CancelTimer, Clock } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { Principal, Role } from '../principal.js'
import { parseApiKey } from './api-key.js'
import type { StoredKey } from './key-files.js'
import { KeyFiles } from './key-files.js'
import {
  infoOf,
  isSecretOf,
  keyUnknown,
  makeKey,
  principalOf,
  recheckMs,
  rotateKey,
  usageDelayMs,
} from './stored-keys.js'

/** What may be shown of a key. */
export interface ApiKeyInfo extends Principal {
  readonly createdAt: Date
  /** From then on the key is refused; absent: it does not expire. */
  readonly expiresAt?: Date
  /** Up to a minute late; absent: never. */
  readonly lastUsedAt?: Date
  /** Last time that it got a new secret; absent: never. */
  readonly rotatedAt?: Date
  /** Until then the secret before the last rotation is taken too. */
  readonly previousValidUntil?: Date
}

/** A key at the one moment when its text exists. */
export interface NewApiKey {
  readonly key: string
  readonly info: ApiKeyInfo
}

/** What a new key is to be. */
export interface NewKeyWish extends Pick<Principal, 'scopes' | 'devices' | 'policyAllow'> {
  /** Who or what uses it. */
  readonly name: string
  readonly role: Role
  /** @defaultValue never */
  readonly expiresAt?: Date
}

/** How a key gets a new secret. */
export interface RotateOptions {
  /** How long the secret that it has now is taken beside the new one. Seconds, 0 to 30 days. */
  readonly overlapSeconds: number
}

/** API keys, each stored as a hash. */
export interface ApiKeyStore extends AsyncDisposable {
  /** Whose key this is. Sees a change by another process within a second. */
  authenticate(key: string): Promise<Principal | undefined>
  list(): Promise<readonly ApiKeyInfo[]>
  /** `undefined`: no key has this id. */
  find(id: string): Promise<ApiKeyInfo | undefined>
  /** The key's text is in the answer and nowhere else. @throws INVALID_INPUT, API_KEYS_UNREADABLE */
  create(wish: NewKeyWish): Promise<NewApiKey>
  /** A new secret for the key; its id, and so its jobs, stay. @throws INVALID_INPUT, API_KEY_UNKNOWN, API_KEYS_UNREADABLE */
  rotate(id: string, options: RotateOptions): Promise<NewApiKey>
  /** @throws API_KEY_UNKNOWN, API_KEYS_UNREADABLE */
  revoke(id: string): Promise<void>
  /** Writes when keys were last used. Idempotent. */
  close(): Promise<void>
}

export interface ApiKeyStoreOptions {
  /** @defaultValue the system's clock */
  readonly clock?: Clock
}

class FileApiKeyStore implements ApiKeyStore {
  readonly #files: KeyFiles | undefined
  readonly #clock: Clock
  #keys = new Map<string, StoredKey>()
  #version = -1
  #checkedAtMs = -Infinity
  #usage: Record<string, string> = {}
  #cancelFlush: CancelTimer | undefined
  #writes: Promise<unknown> = Promise.resolve()

  constructor(files: KeyFiles | undefined, clock: Clock) {
    this.#files = files
    this.#clock = clock
  }

  async open(): Promise<this> {
    await this.#refresh()
    this.#usage = (await this.#files?.readUsage()) ?? {}
    return this
  }

  async authenticate(text: string): Promise<Principal | undefined> {
    const parts = parseApiKey(text)
    if (parts === undefined) return undefined
    if (this.#clock.monotonicMs() - this.#checkedAtMs >= recheckMs) await this.#refresh()
    const stored = this.#keys.get(parts.id)
    if (stored === undefined || !isSecretOf(stored, parts.secret, this.#clock.now())) return undefined
    this.#noteUse(stored.id)
    return principalOf(stored)
  }

  async list(): Promise<readonly ApiKeyInfo[]> {
    await this.#refresh()
    return [...this.#keys.values()].map((key) => infoOf(key, this.#usage[key.id]))
  }

  async find(id: string): Promise<ApiKeyInfo | undefined> {
    return (await this.list()).find((key) => key.id === id)
  }

  create(wish: NewKeyWish): Promise<NewApiKey> {
    return this.#change((keys) => {
      const { stored, made } = makeKey(wish, this.#clock.now())
      return [[...keys, stored], made]
    })
  }

  rotate(id: string, options: RotateOptions): Promise<NewApiKey> {
    return this.#change((keys) => {
      const before = keys.find((key) => key.id === id)
      if (before === undefined) throw keyUnknown(id)
      const { stored, made } = rotateKey(before, options, this.#clock.now())
      return [keys.map((key) => (key === before ? stored : key)), made]
    })
  }

  revoke(id: string): Promise<void> {
    return this.#change((keys) => {
      const rest = keys.filter((key) => key.id !== id)
      if (rest.length === keys.length) throw keyUnknown(id)
      return [rest, undefined]
    })
  }

  async close(): Promise<void> {
    const isDue = this.#cancelFlush !== undefined
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    if (isDue) await this.#files?.writeUsage(this.#usage)
    await this.#writes
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #refresh(): Promise<void> {
    this.#checkedAtMs = this.#clock.monotonicMs()
    if (this.#files === undefined) return
    const before = this.#keys
    const version = await this.#files.version()
    if (version === this.#version) return
    const keys = await this.#files.readKeys()
    // A change of this process meanwhile knows better than what was read before it.
    if (before === this.#keys) this.#take(keys, version)
  }

  #take(keys: readonly StoredKey[], version: number): void {
    this.#keys = new Map(keys.map((key) => [key.id, key]))
    this.#version = version
  }

  /** One change after the other, each on what the file says now. */
  #change<Result>(apply: (keys: readonly StoredKey[]) => readonly [readonly StoredKey[], Result]): Promise<Result> {
    const done = this.#writes.then(async () => {
      const before = this.#files === undefined ? [...this.#keys.values()] : await this.#files.readKeys()
      const [after, result] = apply(before)
      await this.#files?.writeKeys(after)
      this.#take(after, (await this.#files?.version()) ?? 0)
      return result
    })
    this.#writes = done.catch(() => undefined)
    return done
  }

  #noteUse(id: string): void {
    this.#usage[id] = this.#clock.now().toISOString()
    this.#cancelFlush ??= this.#clock.setTimer(usageDelayMs, () => {
      this.#cancelFlush = undefined
      // Lost when it fails, as when the process ends within the minute: the next use writes it again.
      void this.#files?.writeUsage(this.#usage).catch(() => undefined)
    })
  }
}

/**
 * Opens the API keys in a file, made when the first key is; without a path they are in memory.
 * @throws API_KEYS_UNREADABLE
 */
export function createApiKeyStore(
  path?: string,
  { clock = systemClock }: ApiKeyStoreOptions = {},
): Promise<ApiKeyStore> {
  return new FileApiKeyStore(path === undefined ? undefined : new KeyFiles(path), clock).open()
}
