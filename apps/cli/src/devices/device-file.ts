import { stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { parse as parseYaml } from 'yaml'
import { cliError } from '../errors.js'
import { readText } from '../files.js'
import type { ProcessParts } from '../process-parts.js'
import type { DeviceRow } from './device-row.js'
import { deviceRow } from './device-row.js'

type Record_ = Readonly<Record<string, unknown>>

interface Numbered {
  readonly record: Record_
  /** Where it stands in the file. */
  readonly where: string
}

/** What readers of tables do to a file that was made for spreadsheets of another country. */
const delimiters = [',', ';', '\t']

function csvRecords(text: string): readonly Numbered[] {
  const rows = parseCsv(text, {
    ...{ columns: true, bom: true, trim: true, skip_empty_lines: true, info: true, delimiter: delimiterOf(text) },
  }) as unknown as readonly { record: Record_; info: { lines: number } }[]
  return rows.map(({ record, info }) => ({ record, where: `line ${info.lines}` }))
}

/** The one that the first line has most of. */
function delimiterOf(text: string): string {
  const first = text.split('\n', 1)[0] ?? ''
  const counts = delimiters.map((delimiter) => first.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))]!
}

const isObject = (value: unknown): value is Record_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list of devices, or an object with `devices` and, for all of them, `defaults`. */
function listRecords(value: unknown): readonly Numbered[] {
  const { devices, defaults = {} } = Array.isArray(value) ? { devices: value as unknown } : ((value ?? {}) as Record_)
  if (!Array.isArray(devices) || !isObject(defaults))
    throw new Error('expected a list of devices, or `devices` with a list and `defaults` with fields of all')
  return devices.map((device: unknown, index) => {
    const record = typeof device === 'string' ? { host: device } : device
    if (!isObject(record)) throw new Error(`device ${index + 1} is neither a host nor an object`)
    return { record: { ...defaults, ...record }, where: `device ${index + 1}` }
  })
}

function recordsOf(kind: string, text: string): readonly Numbered[] {
  switch (kind) {
    case '.csv':
      return csvRecords(text)
    case '.json':
      return listRecords(JSON.parse(text))
    case '.yaml':
    case '.yml':
      return listRecords(parseYaml(text))
    default:
      throw new Error('files of devices are .csv, .yaml or .json')
  }
}

/** A sheet holds more than a table; what it means is decided where it is saved as one. */
const isSpreadsheet = (kind: string): boolean => kind === '.xls' || kind === '.xlsx'

/** Parsers show the line that they cannot read; it may hold a password. */
function flaw(error: unknown): string {
  if (error instanceof SyntaxError) return 'this is not JSON.'
  const { code, lines, message } = error as { code?: string; lines?: number; message: string }
  if (code?.startsWith('CSV_') === true)
    return `line ${lines ?? '?'} has another number of columns or open quotes (${code}).`
  return error instanceof Error && error.name === 'YAMLParseError' ? `this is not YAML (${code ?? ''}).` : message
}

async function warnOfPasswords(parts: ProcessParts, file: string, rows: readonly DeviceRow[]): Promise<void> {
  if (!rows.some(({ device }) => device['password'] !== undefined || device['secret'] !== undefined)) return
  if (process.platform === 'win32' || ((await stat(resolve(parts.cwd, file))).mode & 0o007) === 0) return
  parts.stderr.write(`netpulse: ${file} holds passwords and can be read by everybody on this machine.\n`)
}

/**
 * The selected devices of a file, in its order.
 * @throws DEVICE_FILE_INVALID, FILE_UNREADABLE
 */
export async function readDeviceFile(parts: ProcessParts, file: string): Promise<readonly DeviceRow[]> {
  const kind = extname(file).toLowerCase()
  if (isSpreadsheet(kind))
    throw cliError('DEVICE_FILE_INVALID', `${file} is a spreadsheet. Save its table as CSV (UTF-8) and name that file.`)
  const text = await readText(parts, file)
  const rows = readRows(file, kind, text)
  if (rows.length === 0) throw cliError('DEVICE_FILE_INVALID', `${file}: no device is selected.`)
  await warnOfPasswords(parts, file, rows)
  return rows
}

function readRows(file: string, kind: string, text: string): readonly DeviceRow[] {
  try {
    return recordsOf(kind, text).flatMap(({ record, where }) => deviceRow(record, where) ?? [])
  } catch (error) {
    throw cliError('DEVICE_FILE_INVALID', `${file}: ${flaw(error)}`)
  }
}
