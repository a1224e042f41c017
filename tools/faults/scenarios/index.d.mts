import type { Scenario } from '../run-scenario.mjs'

export const scenarios: readonly Scenario[]
