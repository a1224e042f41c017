import type { FuzzRequest } from './checks.mjs'
import type { Known } from './known.mjs'

/** What requests are made for. */
export interface FuzzTarget {
  readonly key: string
  readonly receiver: { readonly url: string }
  readonly devices: readonly object[]
}

export function requestOf(
  number: number,
  parts: { readonly seed: number; readonly world: FuzzTarget; readonly known: Known },
): FuzzRequest
