import { writeFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { cliError } from '../errors.js'
import { unreadable } from '../files.js'
import type { ProcessParts } from '../process-parts.js'

/** One row of a result: keys are the columns. */
export type FlatRow = Readonly<Record<string, string | number | boolean | null>>

/** The same content for programs, as a whole and as a table. */
export interface Records {
  readonly records: readonly unknown[]
  readonly rows: readonly FlatRow[]
}

const formats: Readonly<Record<string, (content: Records) => string>> = {
  '.json': ({ records }) => `${JSON.stringify(records, null, 2)}\n`,
  '.ndjson': ({ records }) => records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  // Device text must not become a formula in the spreadsheet that opens the file.
  '.csv': ({ rows }) =>
    stringify([...rows], { header: true, escape_formulas: true, columns: Object.keys(rows[0] ?? {}) }),
}

/** @throws COMMAND_LINE_INVALID for another ending than .csv, .json or .ndjson */
export function assertResultFile(file: string | undefined): void {
  if (file !== undefined && !Object.hasOwn(formats, extname(file).toLowerCase()))
    throw cliError('COMMAND_LINE_INVALID', `--output ${file}: the file must end in .csv, .json or .ndjson.`)
}

/** Writes results into a file that only its owner can read: what devices answer may be confidential. @throws FILE_UNREADABLE */
export async function writeResultFile({ cwd }: ProcessParts, file: string, content: Records): Promise<void> {
  const path = resolve(cwd, file)
  const format = formats[extname(file).toLowerCase()]!
  await writeFile(path, format(content), { mode: 0o600 }).catch((cause: unknown) => {
    throw unreadable(path, 'written', cause)
  })
}
