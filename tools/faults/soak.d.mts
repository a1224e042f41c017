import type { Outcome } from './run-scenario.mjs'

export function soak(options: { readonly seed: number; readonly seconds: number }): Promise<Outcome>
