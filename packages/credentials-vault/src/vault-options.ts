import { readFile } from 'node:fs/promises'
import type { JsonObject } from '@netpulse/core'
import { Secret } from '@netpulse/core'
import { providerError } from '@netpulse/plugin-sdk'

/** An AppRole to log in with. */
export interface AppRole {
  readonly mount: string
  readonly roleId: string
  readonly secretId: Secret
}

/** PEM texts and what to check. */
export interface VaultTls {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
  readonly servername?: string
  readonly cert?: string
  readonly key?: string
}

/** The options of one Vault, files read. */
export interface VaultOptions {
  /** Ends with a slash. */
  readonly address: URL
  readonly token?: Secret
  readonly appRole?: AppRole
  readonly namespace?: string
  readonly tls: VaultTls
  readonly timeoutMs: number
}

interface Checked {
  readonly addr: string
  readonly token?: string
  readonly role_id?: string
  readonly secret_id?: string
  readonly approle_mount?: string
  readonly namespace?: string
  readonly verify?: boolean | string
  readonly server_name?: string
  readonly cert?: string
  readonly key?: string
  readonly timeout?: number
}

/** @throws CREDENTIAL_UNREADABLE for a file that cannot be read */
export async function vaultOptions(options: JsonObject): Promise<VaultOptions> {
  const { addr, token, role_id: roleId, secret_id: secretId, namespace, ...rest } = options as unknown as Checked
  const appRole =
    roleId === undefined || secretId === undefined
      ? {}
      : { appRole: { mount: rest.approle_mount ?? 'approle', roleId, secretId: new Secret(secretId) } }
  return {
    address: new URL(addr.replace(/\/*$/, '/')),
    ...(token === undefined ? {} : { token: new Secret(token) }),
    ...appRole,
    ...(namespace === undefined ? {} : { namespace }),
    tls: await tlsOf(rest),
    timeoutMs: (rest.timeout ?? 10) * 1000,
  }
}

async function tlsOf({ verify = true, server_name: servername, cert, key }: Omit<Checked, 'addr'>): Promise<VaultTls> {
  return {
    rejectUnauthorized: verify !== false,
    ...(typeof verify === 'string' ? { ca: await pem('verify', verify) } : {}),
    ...(servername === undefined ? {} : { servername }),
    ...(cert === undefined ? {} : { cert: await pem('cert', cert) }),
    ...(key === undefined ? {} : { key: await pem('key', key) }),
  }
}

async function pem(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw providerError('CREDENTIAL_UNREADABLE', `The file ${path} of the option ${option} cannot be read.`, { cause })
  }
}
