import type { CancelTimer, Clock } from '@netpulse/core'
import { systemClock } from '@netpulse/core'
import type { SharedRecords } from '@netpulse/engine'
import type { Principal } from '../principal.js'
import type {
  ApiKeyInfo,
  ApiKeyStore,
  ApiKeyStoreOptions,
  NewApiKey,
  NewKeyWish,
  RotateOptions,
} from './api-key-store.js'
import { parseApiKey } from './api-key.js'
import type { StoredKey } from './key-files.js'
import { storedKeyOf } from './key-files.js'
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

/** Where shared API keys are. */
export interface SharedApiKeyRecords {
  /** Keys by id, each as a hash. */
  readonly keys: SharedRecords
  /** When each was last used, by id. */
  readonly usage: SharedRecords
}

/** What is known of a key, and since when; `undefined`: that it does not exist. */
interface Seen {
  readonly key: StoredKey
  readonly atMs: number
}

class SharedApiKeyStore implements ApiKeyStore {
  readonly #records: SharedApiKeyRecords
  readonly #clock: Clock
  readonly #seen = new Map<string, Seen>()
  readonly #asking = new Map<string, Promise<StoredKey | undefined>>()
  readonly #used = new Map<string, string>()
  #changes = 0
  #cancelFlush: CancelTimer | undefined

  constructor(records: SharedApiKeyRecords, clock: Clock) {
    this.#records = records
    this.#clock = clock
  }

  async authenticate(text: string): Promise<Principal | undefined> {
    const parts = parseApiKey(text)
    if (parts === undefined) return undefined
    const stored = await this.#find(parts.id)
    if (stored === undefined || !isSecretOf(stored, parts.secret, this.#clock.now())) return undefined
    this.#noteUse(stored.id)
    return principalOf(stored)
  }

  async list(): Promise<readonly ApiKeyInfo[]> {
    const [keys, usage] = await Promise.all([this.#records.keys.entries(), this.#records.usage.entries()])
    return [...keys.values()]
      .map(storedKeyOf)
      .map((key) => infoOf(key, this.#used.get(key.id) ?? usage.get(key.id)))
      .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
  }

  async create(wish: NewKeyWish): Promise<NewApiKey> {
    const { stored, made } = makeKey(wish, this.#clock.now())
    return (await this.#records.keys.add(stored.id, JSON.stringify(stored))) ? made : this.create(wish)
  }

  async find(id: string): Promise<ApiKeyInfo | undefined> {
    const [text, used] = await Promise.all([this.#records.keys.get(id), this.#records.usage.get(id)])
    return text === undefined ? undefined : infoOf(storedKeyOf(text), this.#used.get(id) ?? used)
  }

  /** Replaces what it read, and nothing else: a key that is revoked meanwhile does not come back. */
  async rotate(id: string, options: RotateOptions): Promise<NewApiKey> {
    const before = await this.#records.keys.get(id)
    if (before === undefined) throw keyUnknown(id)
    const { stored, made } = rotateKey(storedKeyOf(before), options, this.#clock.now())
    const replaced = await this.#records.keys.replace(id, before, JSON.stringify(stored))
    this.#forget(id)
    return replaced ? made : this.rotate(id, options)
  }

  async revoke(id: string): Promise<void> {
    const existed = await this.#records.keys.delete(id)
    this.#forget(id)
    this.#used.delete(id)
    await this.#records.usage.delete(id)
    if (!existed) throw keyUnknown(id)
  }

  async close(): Promise<void> {
    this.#cancelFlush?.()
    this.#cancelFlush = undefined
    // A server ends in order also while Redis is away; only the last uses are then not noted.
    await this.#flush().catch(() => undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A key that is not known here may be new; one that is may have been revoked a second ago, not longer. */
  async #find(id: string): Promise<StoredKey | undefined> {
    const seen = this.#seen.get(id)
    if (seen !== undefined && this.#clock.monotonicMs() - seen.atMs < recheckMs) return seen.key
    const already = this.#asking.get(id)
    if (already !== undefined) return already
    const asking = this.#ask(id).finally(() => {
      if (this.#asking.get(id) === asking) this.#asking.delete(id)
    })
    this.#asking.set(id, asking)
    return asking
  }

  /** What an answer that is still on its way says of the key is old news too. */
  #forget(id: string): void {
    this.#changes++
    this.#seen.delete(id)
    this.#asking.delete(id)
  }

  async #ask(id: string): Promise<StoredKey | undefined> {
    const atMs = this.#clock.monotonicMs()
    const changes = this.#changes
    const text = await this.#records.keys.get(id)
    if (changes !== this.#changes) return this.#ask(id)
    if (text === undefined) {
      this.#seen.delete(id)
      return undefined
    }
    const key = storedKeyOf(text)
    this.#seen.set(id, { key, atMs })
    return key
  }

  #noteUse(id: string): void {
    this.#used.set(id, this.#clock.now().toISOString())
    this.#cancelFlush ??= this.#clock.setTimer(usageDelayMs, () => {
      this.#cancelFlush = undefined
      // Lost when it fails, as when the process ends within the minute: the next use writes it again.
      void this.#flush().catch(() => undefined)
    })
  }

  async #flush(): Promise<void> {
    const used = [...this.#used]
    this.#used.clear()
    await Promise.all(used.map(([id, at]) => this.#records.usage.set(id, at)))
  }
}

/** API keys that several servers share: one made or revoked at one server is so at all of them, within a second. */
export const createSharedApiKeyStore = (
  records: SharedApiKeyRecords,
  { clock = systemClock }: ApiKeyStoreOptions = {},
): ApiKeyStore => new SharedApiKeyStore(records, clock)
