import type { ErrorData, Operation } from '@netpulse/core'
import { createRedactor, linesOf, transferLine } from '@netpulse/core'

/** Config lines may hold passwords, and who is told of a job need not be who sent it. */
const redactor = createRedactor([])

/** Command lines as the wire shows them. */
export const commandsOnWire = (commands: readonly string[]): string[] => commands.map((line) => redactor.redact(line))

/** What a job does, in one line for each file, command or config line, as the wire shows it. */
export const linesOnWire = (operation: Operation): string[] => {
  const lines = linesOf(operation)
  return commandsOnWire(operation.type === 'file_transfer' ? [transferLine(operation.transfer), ...lines] : lines)
}

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
