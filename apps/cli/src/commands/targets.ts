import type { Context } from '../context.js'
import type { DeviceRow } from '../devices/device-row.js'
import { readDeviceFile } from '../devices/device-file.js'
import { isDeviceFile, parseTarget } from '../devices/target.js'
import { deviceLogin } from '../secrets/device-login.js'
import type { DeviceOptions } from './device-options.js'
import { connectionFields } from './device-options.js'

/** The devices of a command, and what they have in common. */
export interface Targets {
  readonly rows: readonly DeviceRow[]
  /** Fields of `connection_args` of all; those of a row win. */
  readonly shared: Readonly<Record<string, unknown>>
  /** Whether they came from a file, and are answered as a list. */
  readonly isList: boolean
}

function hostRow(word: string): DeviceRow {
  const target = parseTarget(word)
  return { label: target.host, device: { ...target } }
}

const hasLogin = ({ device }: DeviceRow): boolean =>
  ['password', 'pkey', 'credential'].some((field) => device[field] !== undefined)

/**
 * Reads what stands for devices on the command line: a host, or a file of devices.
 * @throws COMMAND_LINE_INVALID, DEVICE_FILE_INVALID, FILE_UNREADABLE, SECRET_MISSING
 */
export async function targetsOf(context: Context<DeviceOptions>, word: string): Promise<Targets> {
  const { parts, options } = context
  const isList = isDeviceFile(word)
  const rows = isList ? await readDeviceFile(parts, word) : [hostRow(word)]
  const fields = connectionFields(options)
  if (options.credential !== undefined || rows.every(hasLogin)) return { rows, shared: fields, isList }
  const own = isList ? undefined : rows[0]?.device['username']
  const { profile } = await context.server()
  const login = await deviceLogin(
    parts,
    typeof own === 'string' ? { ...options, username: own } : options,
    profile.username,
  )
  return { rows, shared: { ...fields, ...login }, isList }
}
