/** What this process does for jobs beside taking them in. */
export interface Workforce {
  start(): Promise<void>
  /** Gives up to `count` devices that rest up, so that others find room. */
  evict(count: number): Promise<void>
  /** Whether it may still talk to devices, by its own clock. */
  readonly isTrusted: boolean
  /** Ends in peace. Idempotent. */
  close(): Promise<void>
}
