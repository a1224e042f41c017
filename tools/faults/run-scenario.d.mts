export interface Scenario {
  readonly name: string
}

export interface Outcome {
  /** What did not hold, in words; empty when all did. */
  readonly violations: readonly string[]
  /** From the fault to the end of the last job that was not held back. */
  readonly takeOverSeconds: number
  /** Jobs by status and outcome. */
  readonly ends: Readonly<Record<string, number>>
  readonly jobs: number
}

export function runScenario(scenario: Scenario): Promise<Outcome>
