import type { JsonObject } from '@netpulse/core'

/** `connection_args` as `connectionSchema` leaves them. */
export interface CliConnection extends JsonObject {
  readonly device_type: string
  readonly username?: string
  readonly password?: string
  readonly pkey?: string
  readonly passphrase?: string
  readonly key_file?: string
  readonly secret?: string
  readonly transport?: 'ssh' | 'telnet'
  readonly use_keys: boolean
  readonly allow_agent: boolean
  readonly agent_socket?: string
  readonly host_key_policy?: 'tofu' | 'strict' | 'off'
  readonly ssh_strict?: boolean | null
  readonly legacy_algorithms: boolean
  readonly algorithms?: {
    readonly kex?: readonly string[]
    readonly host_key?: readonly string[]
    readonly cipher?: readonly string[]
    readonly mac?: readonly string[]
  }
  readonly jump_hosts?: readonly CliJumpHost[]
  readonly keepalive: number
  readonly cli_keepalive: number
  readonly conn_timeout: number
  readonly banner_timeout: number
  readonly auth_timeout: number
  readonly timeout: number
  readonly encoding: string
  readonly terminal_width: number
}

/** One of `connection_args.jump_hosts`. */
export interface CliJumpHost extends JsonObject {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password?: string
  readonly pkey?: string
  readonly passphrase?: string
  readonly key_file?: string
  readonly allow_agent: boolean
  readonly host_key_policy?: 'tofu' | 'strict' | 'off'
  readonly legacy_algorithms: boolean
}

const telnetSuffix = /_telnet$/

/** What carries the bytes: said by the request, else by the device type, as Netmiko does. */
export function transportOf(connection: Pick<CliConnection, 'transport' | 'device_type'>): 'ssh' | 'telnet' {
  return connection.transport ?? (telnetSuffix.test(connection.device_type) ? 'telnet' : 'ssh')
}
