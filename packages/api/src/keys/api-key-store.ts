import type { CancelTimer, Clock } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import { apiError } from '../errors.js'
import type { Principal, Role } from '../principal.js'
import { hasHash, parseApiKey } from './api-key.js'
import type { StoredKey } from './key-files.js'
import { KeyFiles } from './key-files.js'
import { infoOf, makeKey, principalOf, recheckMs, usageDelayMs } from './stored-keys.js'

/** What may be shown of a key. */
export interface ApiKeyInfo extends Principal {
  readonly createdAt: Date
  /** Up to a minute late; absent: never. */
  readonly lastUsedAt?: Date
}

/** A key at the one moment when its text exists. */
export interface NewApiKey {
  readonly key: string
  readonly info: ApiKeyInfo
}

/** What a new key is to be. */
export interface NewKeyWish {
  /** Who or what uses it. */
  readonly name: string
  readonly role: Role
}

/** API keys, each stored as a hash. */
export interface ApiKeyStore extends AsyncDisposable {
  /** Whose key this is. Sees a change by another process within a second. */
  authenticate(key: string): Promise<Principal | undefined>
  list(): Promise<readonly ApiKeyInfo[]>
  /** The key's text is in the answer and nowhere else. @throws API_KEYS_UNREADABLE */
  create(wish: NewKeyWish): Promise<NewApiKey>
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
    if (stored === undefined || !hasHash(parts.secret, stored.hash)) return undefined
    this.#noteUse(stored.id)
    return principalOf(stored)
  }

  async list(): Promise<readonly ApiKeyInfo[]> {
    await this.#refresh()
    return [...this.#keys.values()].map((key) => infoOf(key, this.#usage[key.id]))
  }

  create(wish: NewKeyWish): Promise<NewApiKey> {
    return this.#change((keys) => {
      const { stored, made } = makeKey(wish, this.#clock.now())
      return [[...keys, stored], made]
    })
  }

  revoke(id: string): Promise<void> {
    return this.#change((keys) => {
      const rest = keys.filter((key) => key.id !== id)
      if (rest.length === keys.length) throw apiError('API_KEY_UNKNOWN', `No API key has the id ${id}.`)
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
    const version = await this.#files.version()
    if (version === this.#version) return
    this.#take(await this.#files.readKeys(), version)
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
