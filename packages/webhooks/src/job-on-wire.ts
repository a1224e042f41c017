import type { ErrorData, Operation } from '@netpulse/core'
import { createRedactor } from '@netpulse/core'

/** Config lines may hold passwords, and who is told of a job need not be who sent it. */
const redactor = createRedactor([])

/** Commands or config lines of a job, as the wire shows them. */
export const linesOnWire = (operation: Operation): string[] =>
  (operation.type === 'command' ? operation.commands : operation.lines).map((line) => redactor.redact(line))

/** An error as the reference has it, with its code. */
export interface ErrorOnWire {
  type: string
  message: string
  code: string
}

export const errorOnWire = ({ kind, message, code }: ErrorData): ErrorOnWire => ({ type: kind, message, code })

/** `null` when one of the two has not come. */
export const secondsBetween = (from: Date | undefined, to: Date | undefined): number | null =>
  from === undefined || to === undefined ? null : (to.getTime() - from.getTime()) / 1000
