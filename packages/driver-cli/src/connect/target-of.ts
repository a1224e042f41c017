import { readFile } from 'node:fs/promises'
import type { Device } from '@netpulse/core'
import { coreError } from '@netpulse/core'
import type { SshEndpoint, SshTarget, TelnetTarget, Terminal } from '@netpulse/session'
import { defaultSshPort, defaultTelnetPort } from '@netpulse/session'
import type { CliConnection, CliJumpHost } from '../cli-connection.js'

/** High, so that a device that trusts the terminal does not page. */
const terminalRows = 1000

export type ShellTarget = SshTarget & { readonly terminal: Terminal }

/**
 * The SSH transport's words for `connection_args`. Reads the key files.
 * @throws INVALID_INPUT for a key file that cannot be read, and for an agent without a socket
 */
export async function sshTargetOf(device: Device, connection: CliConnection): Promise<ShellTarget> {
  const { terminal_width: columns, keepalive } = connection
  return {
    ...(await endpointOf({ ...connection, host: device.host, port: device.port }, connection, 'connection_args')),
    keepaliveIntervalMs: keepalive * 1000,
    terminal: { columns, rows: terminalRows },
    jumpHosts: await jumpHostsOf(connection),
  }
}

const jumpHostsOf = (connection: CliConnection): Promise<SshEndpoint[]> =>
  Promise.all(
    (connection.jump_hosts ?? []).map((hop, index) =>
      endpointOf(hop, connection, `connection_args.jump_hosts[${index}]`),
    ),
  )

/**
 * The telnet transport's words for `connection_args`. Telnet has no keepalive that a jump host passes on: the way to the
 * device is probed at each of them.
 * @throws as `sshTargetOf`
 */
export async function telnetTargetOf(device: Device, connection: CliConnection): Promise<TelnetTarget> {
  const keepaliveIntervalMs = connection.keepalive * 1000
  const jumpHosts = await jumpHostsOf(connection)
  return {
    jumpHosts: jumpHosts.map((hop) => ({ ...hop, keepaliveIntervalMs })),
    host: device.host,
    // A device has the driver's default port, that of SSH, when the request gives none.
    port: device.port === defaultSshPort ? defaultTelnetPort : device.port,
    connectTimeoutMs: connection.conn_timeout * 1000,
    keepaliveIntervalMs,
    terminal: { columns: connection.terminal_width, rows: terminalRows },
  }
}

type Login = CliJumpHost & Pick<Partial<CliConnection>, 'use_keys' | 'agent_socket' | 'ssh_strict' | 'algorithms'>

async function endpointOf(login: object, connection: CliConnection, path: string): Promise<SshEndpoint> {
  const { host, port, username, password, passphrase, ...rest } = login as Login
  const privateKey = await privateKeyOf(rest, path)
  const agentSocket = agentSocketOf(rest, connection, path)
  const policy = rest.host_key_policy ?? (rest.ssh_strict === true ? 'strict' : undefined)
  return {
    host,
    port,
    username,
    legacyAlgorithms: rest.legacy_algorithms,
    connectTimeoutMs: connection.conn_timeout * 1000,
    bannerTimeoutMs: connection.banner_timeout * 1000,
    authTimeoutMs: connection.auth_timeout * 1000,
    ...(password === undefined ? {} : { password }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(agentSocket === undefined ? {} : { agentSocket }),
    ...(policy === undefined ? {} : { hostKeyPolicy: policy }),
    ...(rest.algorithms === undefined ? {} : { algorithms: algorithmsOf(rest.algorithms) }),
  }
}

function algorithmsOf(given: NonNullable<CliConnection['algorithms']>): NonNullable<SshEndpoint['algorithms']> {
  const { kex, host_key: hostKey, cipher, mac } = given
  return {
    ...(kex === undefined ? {} : { kex }),
    ...(hostKey === undefined ? {} : { hostKey }),
    ...(cipher === undefined ? {} : { cipher }),
    ...(mac === undefined ? {} : { mac }),
  }
}

async function privateKeyOf(login: Partial<Login>, path: string): Promise<string | undefined> {
  if (login.pkey !== undefined) return login.pkey
  if (login.key_file === undefined || login.use_keys === false) return undefined
  try {
    return await readFile(login.key_file, 'utf8')
  } catch (error) {
    // No more than the error's name: its text may tell what files the worker has.
    throw invalid(`${path}.key_file`, 'cannot be read on the worker', error)
  }
}

function agentSocketOf(login: Partial<Login>, connection: CliConnection, path: string): string | undefined {
  if (login.allow_agent !== true) return undefined
  const socket = connection.agent_socket ?? process.env['SSH_AUTH_SOCK']
  if (socket !== undefined && socket !== '') return socket
  throw invalid(`${path}.allow_agent`, 'needs `agent_socket`, or SSH_AUTH_SOCK in the environment of the worker')
}

function invalid(path: string, message: string, cause?: unknown): Error {
  return coreError('INVALID_INPUT', `${path}: ${message}`, { details: { errors: [{ path, message }] }, cause })
}
