/** How much may be asked for, and how fast it comes back. */
export interface BucketSize {
  /** Tokens that come back each second. Above 0. */
  readonly perSecond: number
  /** Most tokens at once. At least 1. */
  readonly burst: number
}

/** What a caller has left. */
export interface Allowance {
  readonly taken: boolean
  /** Whole tokens that are left. */
  readonly remaining: number
  /** Seconds until there is one again; 0 when there is. */
  readonly waitSeconds: number
  /** Seconds until the bucket is full. */
  readonly fullSeconds: number
}

interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

/**
 * A token bucket for each name. Full buckets need no memory; of the others the one that was used longest ago is
 * forgotten when there are too many, so that many addresses cannot fill the memory.
 */
export class TokenBuckets {
  readonly #size: BucketSize
  readonly #most: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(size: BucketSize, most = 10_000) {
    this.#size = size
    this.#most = most
  }

  /** Takes a token if there is one. */
  take(name: string, nowMs: number): Allowance {
    const tokens = this.#tokens(name, nowMs)
    const taken = tokens >= 1
    const left = taken ? tokens - 1 : tokens
    this.#keep(name, left, nowMs)
    return this.#allowance(left, taken)
  }

  /**
   * Takes a token that may still have to come back, after those that were promised before. Answers with the seconds until
   * it is there.
   */
  reserve(name: string, nowMs: number): number {
    const left = this.#tokens(name, nowMs) - 1
    this.#keep(name, left, nowMs)
    return left >= 0 ? 0 : -left / this.#size.perSecond
  }

  /** What is left, without taking any. */
  look(name: string, nowMs: number): Allowance {
    return this.#allowance(this.#tokens(name, nowMs), false)
  }

  #keep(name: string, tokens: number, nowMs: number): void {
    this.#buckets.delete(name)
    this.#buckets.set(name, { tokens, atMs: nowMs })
    if (this.#buckets.size > this.#most) this.#buckets.delete(this.#buckets.keys().next().value!)
  }

  #tokens(name: string, nowMs: number): number {
    const { perSecond, burst } = this.#size
    const bucket = this.#buckets.get(name)
    if (bucket === undefined) return burst
    return Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond)
  }

  #allowance(tokens: number, taken: boolean): Allowance {
    const { perSecond, burst } = this.#size
    return {
      taken,
      remaining: Math.floor(tokens),
      waitSeconds: tokens >= 1 ? 0 : (1 - tokens) / perSecond,
      fullSeconds: (burst - tokens) / perSecond,
    }
  }
}
