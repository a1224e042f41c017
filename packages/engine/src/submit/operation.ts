import type { Operation, SchemaViolation } from '@netpulse/core'
import type { TransferCheck } from './file-transfer.js'

/** Most commands of one request, characters of one command, lines of a config and characters of one line. */
const operationLimits = {
  commands: 1_000,
  commandLength: 4_096,
  configLines: 100_000,
  configLineLength: 16_384,
} as const

type Text = string | readonly string[]

const linesOf = (text: Text): string[] =>
  (typeof text === 'string' ? [text] : text).flatMap((part) => part.split(/\r\n|\n|\r/))

const isBlank = (line: string): boolean => line.trim() === ''

/** A control character is a key press to a device: Ctrl-C, Ctrl-Z, Tab and `?` completion. None belongs in a command. */
const controlInCommand = /[\u0000-\u001f\u007f]/
/** A tab may stand in a banner or a comment. */
const controlInConfig = /[\u0000-\u0008\u000b-\u001f\u007f]/

interface LineRule {
  readonly path: string
  readonly maxCount: number
  readonly maxLength: number
  readonly control: RegExp
}

const commandRule: LineRule = {
  path: 'command',
  maxCount: operationLimits.commands,
  maxLength: operationLimits.commandLength,
  control: controlInCommand,
}
const configRule: LineRule = {
  path: 'config',
  maxCount: operationLimits.configLines,
  maxLength: operationLimits.configLineLength,
  control: controlInConfig,
}

function* violationsOf(lines: readonly string[], rule: LineRule): Generator<SchemaViolation> {
  const { path, maxCount, maxLength, control } = rule
  if (lines.length === 0) yield { path, message: 'must hold at least one line that is not blank' }
  if (lines.length > maxCount) yield { path, message: `must not have more than ${maxCount} lines, got ${lines.length}` }
  for (const [index, line] of lines.slice(0, maxCount).entries()) {
    const at = `${path}[${index}]`
    if (line.length > maxLength)
      yield { path: at, message: `must not be longer than ${maxLength} characters, got ${line.length}` }
    if (control.test(line)) yield { path: at, message: 'must not contain control characters' }
  }
}

/** Blank lines inside a banner are text; before the first and after the last line they are nothing. */
function trimBlankEnds(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => !isBlank(line))
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => !isBlank(line)) + 1)
}

/** What a request asks for, or what is wrong with it. */
export type OperationCheck = { readonly operation: Operation } | { readonly violations: readonly SchemaViolation[] }

/** What a request wants done: one of these. */
export interface WorkOfRequest {
  readonly command?: Text | undefined
  readonly config?: Text | undefined
  readonly fileTransfer?: TransferCheck | undefined
}

/**
 * One operation of a request. Text of several lines is several commands or config lines. Blank commands are dropped;
 * a config keeps its inner blank lines, which the runner sends only inside a block of several lines.
 */
export function operationOf({ command, config, fileTransfer }: WorkOfRequest): OperationCheck {
  const given = Object.entries({ command, config, file_transfer: fileTransfer }).filter(([, one]) => one !== undefined)
  if (given.length !== 1) {
    const found = given.map(([name]) => name).join(' and ') || 'none'
    return {
      violations: [
        { path: 'command', message: `exactly one of command, config and file_transfer is needed, got ${found}` },
      ],
    }
  }
  if (fileTransfer !== undefined)
    return 'transfer' in fileTransfer
      ? { operation: { type: 'file_transfer', transfer: fileTransfer.transfer } }
      : fileTransfer
  if (command !== undefined) {
    const commands = linesOf(command).filter((line) => !isBlank(line))
    return checked({ type: 'command', commands }, commands, commandRule)
  }
  const lines = trimBlankEnds(linesOf(config!))
  return checked({ type: 'config', lines }, lines, configRule)
}

function checked(operation: Operation, lines: readonly string[], rule: LineRule): OperationCheck {
  const violations = [...violationsOf(lines, rule)]
  return violations.length === 0 ? { operation } : { violations }
}
