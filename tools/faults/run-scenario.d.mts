export interface Scenario {
  readonly name: string
  /** Why it cannot be tried on this machine. */
  readonly skip?: string | undefined
  /** Longest time from the fault to the last end. Default 15. */
  readonly limitSeconds?: number
}

export interface Outcome {
  /** What did not hold, in words; empty when all did. */
  readonly violations: readonly string[]
  /** From the fault to the end of the last job that was not held back. */
  readonly takeOverSeconds: number
  /** Jobs by status and outcome. */
  readonly ends: Readonly<Record<string, number>>
}

export function runScenario(scenario: Scenario): Promise<Outcome>
