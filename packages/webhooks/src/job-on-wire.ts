import type { ErrorData, Operation } from '@netpulse/core'
import { createRedactor } from '@netpulse/core'

/** Config lines may hold passwords, and who is told of a job need not be who sent it. */
const redactor = createRedactor([])

/** Command lines as the wire shows them. */
export const commandsOnWire = (commands: readonly string[]): string[] => commands.map((line) => redactor.redact(line))

/** Commands or config lines of a job, as the wire shows them. */
export const linesOnWire = (operation: Operation): string[] =>
  commandsOnWire(operation.type === 'command' ? operation.commands : operation.lines)

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
