import { readText } from '../files.js'
import type { ProcessParts } from '../process-parts.js'
import { askSecret } from './prompt.js'
import { secretIn } from './secret-file.js'

/** Options that say how to log in to devices. No secret is among them: those would be in the list of processes. */
export interface LoginOptions {
  readonly username?: string
  readonly passwordFile?: string
  readonly askPassword?: boolean
  readonly secretFile?: string
  readonly privateKeyFile?: string
}

/** Fields of `connection_args` that say who logs in. */
export interface DeviceLogin {
  readonly username?: string
  readonly password?: string
  readonly secret?: string
  readonly pkey?: string
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

async function passwordOf(parts: ProcessParts, options: LoginOptions, username: string | undefined) {
  if (options.passwordFile !== undefined) return secretIn(parts, options.passwordFile)
  const fromEnv = given(parts.env['NETPULSE_DEVICE_PASSWORD'])
  if (fromEnv !== undefined && options.askPassword !== true) return fromEnv
  const asksByItself = username !== undefined && options.privateKeyFile === undefined && parts.stdin.isTTY === true
  if (options.askPassword === true || asksByItself) return askSecret(parts, `Password of ${username ?? 'the device'}`)
  return undefined
}

/**
 * Who logs in: user from flag, environment or profile; password and `enable` secret from file, environment or the terminal.
 * What stands in a file of devices wins over all of it, there.
 * @throws SECRET_MISSING, FILE_UNREADABLE
 */
export async function deviceLogin(
  parts: ProcessParts,
  options: LoginOptions,
  profileUser?: string,
): Promise<DeviceLogin> {
  const username = options.username ?? given(parts.env['NETPULSE_DEVICE_USERNAME']) ?? profileUser
  const password = await passwordOf(parts, options, username)
  const secret =
    options.secretFile === undefined
      ? given(parts.env['NETPULSE_DEVICE_SECRET'])
      : await secretIn(parts, options.secretFile)
  const pkey = options.privateKeyFile === undefined ? undefined : await readText(parts, options.privateKeyFile)
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(secret === undefined ? {} : { secret }),
    ...(pkey === undefined ? {} : { pkey }),
  }
}
