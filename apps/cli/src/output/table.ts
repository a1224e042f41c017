import { oneLine } from './plain-text.js'

/** A column of a table: its heading, and what it shows of a row. */
export interface Column<Row> {
  readonly head: string
  readonly value: (row: Row) => string | number | null | undefined
}

const text = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '' : oneLine(String(value))

/** Rows below their headings, as wide as they need. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ value }) => text(value(row))))]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)))
  const lines = cells.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
