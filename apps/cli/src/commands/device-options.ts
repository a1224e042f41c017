import type { CredentialRef, ExecutionRequest } from '@netpulse/client'
import type { Command } from 'commander'
import { cliError } from '../errors.js'
import type { GlobalOptions } from '../global-options.js'
import { collect, hidden, wholeNumber } from '../global-options.js'
import type { LoginOptions } from '../secrets/device-login.js'
import { platformOfVendor } from '../devices/vendors.js'

/** Options that say which devices, and how they are reached. */
export interface DeviceOptions extends GlobalOptions, LoginOptions {
  readonly driver: string
  readonly port?: number
  readonly platform?: string
  readonly vendor?: string
  readonly site?: string
  readonly device?: string
  readonly credential?: string
  readonly connectionArg?: readonly string[]
}

export function addDeviceOptions(command: Command, driver = 'cli'): Command {
  return command
    .option('-u, --username <name>', 'user on the device; also NETPULSE_DEVICE_USERNAME, a profile, or user@host')
    .option('--password-file <file>', 'file with the password, - for stdin; also NETPULSE_DEVICE_PASSWORD')
    .option('--ask-password', 'ask for the password on the terminal')
    .option('--secret-file <file>', 'file with the enable secret; also NETPULSE_DEVICE_SECRET')
    .option('--credential <[name:]ref>', 'login by reference: the server knows the provider and the secret')
    .option('--private-key-file <file>', 'SSH key, sent with the request')
    .option(
      '-p, --platform <name>',
      'platform of the device (device_type): cisco_iosxe; `netpulse platforms` lists them',
    )
    .option('--port <number>', 'port of the device', wholeNumber(1, 65_535))
    .option('--driver <name>', 'driver', driver)
    .option('--site <name>', 'site of the device')
    .option('--device <name>', 'your name for the managed box')
    .option('--connection-arg <key=value>', 'further field of connection_args; again for more', collect)
    .addOption(hidden('--vendor <name>'))
}

/** Values of these would be in the list of processes. */
const secretFields = ['password', 'secret', 'pkey', 'passphrase', 'token']

/** `vault:network/core` or `network/core`, as the API takes it. */
export function referenceOf(text: string): CredentialRef {
  const [, name, ref = text] = /^([A-Za-z0-9][\w.-]{0,63}):(.+)$/.exec(text) ?? []
  return name === undefined ? { ref } : { name, ref }
}

/** `--credential` as a field of a request. */
export function credentialField({ credential }: DeviceOptions): {
  readonly credential?: NonNullable<ExecutionRequest['credential']>
} {
  return credential === undefined ? {} : { credential: referenceOf(credential) }
}

/** JSON where it is JSON, else text. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // `host_key_policy=strict` needs no quotes
  }
}

/** Whether a secret stands in the value under one of its names, however deep: the password of a jump host. */
const namesSecret = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([name, item]) => secretFields.includes(name) || namesSecret(item))

function pair(text: string): readonly [string, unknown] {
  const [, key = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? []
  if (key === '') throw cliError('COMMAND_LINE_INVALID', '--connection-arg needs key=value.')
  const read = valueOf(value)
  if (secretFields.includes(key) || namesSecret(read))
    throw cliError(
      'COMMAND_LINE_INVALID',
      `--connection-arg ${key}: a secret on the command line is in the list of processes. Use --password-file, --secret-file, --private-key-file or the environment; for a jump host its own credential, or a file of devices.`,
    )
  return [key, read]
}

/** Fields of `connection_args` that the flags set, without the login. @throws COMMAND_LINE_INVALID */
export function connectionFields(options: DeviceOptions): Readonly<Record<string, unknown>> {
  const platform = options.platform ?? (options.vendor === undefined ? undefined : platformOfVendor(options.vendor))
  const fields = { device_type: platform, port: options.port, site: options.site, device: options.device }
  return {
    ...Object.fromEntries((options.connectionArg ?? []).map(pair)),
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  }
}
