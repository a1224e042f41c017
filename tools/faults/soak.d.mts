import type { Outcome } from './run-scenario.mjs'

export function soak(options: {
  readonly seed: number
  readonly minutes: number
}): Promise<Outcome & { readonly jobs: number }>
