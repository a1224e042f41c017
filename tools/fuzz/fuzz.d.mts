import type { World } from './world.mjs'

export interface FuzzOptions {
  readonly seed: number
  readonly requests: number
  /** Number of the first request. Default 0. */
  readonly from?: number
  /** Told of each violation as it is found. */
  readonly onViolation?: (violation: string) => void
}

export interface FuzzReport {
  /** What was wrong, in words, with the request that shows it; empty when nothing was. */
  readonly violations: readonly string[]
  /** Requests that should be taken, by operation, and how many were. */
  readonly valid: Readonly<Record<string, { readonly sent: number; readonly taken: number }>>
  /** Answers by status. */
  readonly byStatus: Readonly<Record<string, number>>
  readonly slowest: { readonly ms: number; readonly number?: number; readonly operation?: string }
  /** As `/system/stats` tells them. */
  readonly jobs: { readonly succeeded: number; readonly failed: number; readonly total: number }
  /** Webhooks that the receiver got. */
  readonly webhooks: number
  /** Of the server after the run. MiB. */
  readonly memory: number
}

export function fuzz(world: World, options: FuzzOptions): Promise<FuzzReport>
