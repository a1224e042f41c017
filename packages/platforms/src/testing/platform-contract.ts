import type { Platform } from '../platform.js'
import type { PlatformTable } from './platform-table.js'
import type { RecordedSession } from './recorded-session.js'
import { sessionChecks } from './session-checks.js'
import { tableChecks } from './table-checks.js'

/** One check of a contract, for any test runner: `it(check.name, check.run)`. */
export interface ContractCheck {
  readonly name: string
  /** @throws AssertionError of node:assert when it fails */
  run(): void
}

export interface PlatformContractInput {
  readonly platform: Platform
  readonly table: PlatformTable
  /** A recorded session; without it the checks that need one are left out. */
  readonly session?: RecordedSession
}

/** The checks that every platform definition has to pass, shipped ones and those of third parties. */
export function platformContract(input: PlatformContractInput): readonly ContractCheck[] {
  const { platform, table, session } = input
  return [...tableChecks(platform, table), ...(session === undefined ? [] : sessionChecks(platform, session))]
}
