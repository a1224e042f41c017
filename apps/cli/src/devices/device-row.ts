import type { BulkDevice } from '@netpulse/client'
import { cliError } from '../errors.js'
import { platformOfVendor } from './vendors.js'

/** A device of a file. */
export interface DeviceRow {
  /** What people call it: its name in the file, else its host. */
  readonly label: string
  readonly device: BulkDevice
}

/** Columns whose text stays text, whatever it looks like. */
const textFields = [
  'host',
  'username',
  'password',
  'secret',
  'command',
  'config',
  'device',
  'site',
  'device_type',
  'pkey',
]

/** Columns of the reference, and shorter words, with the field that each stands for. */
const fieldNames: Readonly<Record<string, string>> = {
  ip: 'host',
  address: 'host',
  hostname: 'host',
  platform: 'device_type',
  vendor: 'device_type',
  user: 'username',
}

const notSelected = ['', '0', 'false', 'no', 'n', '-']

const normal = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')

/** A cell is text; a number or a word of logic is what the API wants in fields that are no text. */
function typed(field: string, value: unknown): unknown {
  if (typeof value !== 'string' || textFields.includes(field)) return value
  if (/^\d{1,9}$/.test(value)) return Number(value)
  return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value
}

function fieldOf(column: string, value: unknown): readonly [string, unknown] {
  const name = normal(column)
  const field = fieldNames[name] ?? name
  if (field === 'device_type' && typeof value === 'string') return [field, platformOfVendor(value)]
  return [field, typed(field, value)]
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/**
 * One row; `undefined` when its column `Selected` says no. `where` is for the message: `line 3`.
 * @throws DEVICE_FILE_INVALID for a row without a host
 */
export function deviceRow(record: Readonly<Record<string, unknown>>, where: string): DeviceRow | undefined {
  const columns = new Map(Object.entries(record).map(([name, value]) => [normal(name), value]))
  const selected = columns.get('selected')
  if (
    columns.has('selected') &&
    notSelected.includes(
      String(selected ?? '')
        .trim()
        .toLowerCase(),
    )
  )
    return undefined
  const fields = Object.entries(record)
    .filter(([name, value]) => !['selected', 'name'].includes(normal(name)) && !isEmpty(value))
    .map(([name, value]) => fieldOf(name, value))
  const device = Object.fromEntries(fields) as BulkDevice
  if (typeof device.host !== 'string') throw cliError('DEVICE_FILE_INVALID', `${where}: no host (column host or IP).`)
  const name = columns.get('name')
  return { label: typeof name === 'string' && name !== '' ? name : device.host, device }
}
