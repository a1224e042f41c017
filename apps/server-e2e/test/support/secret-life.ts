import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadKeyring, openCredentialFile } from '@netpulse/credentials'
import type { SimulatedDevice, Simulator } from '@netpulse/simulator'
import type { OpenBao } from '../../../../tools/test/openbao-server.mjs'
import type { ServerProcess } from '../../../../tools/test/server-process.mjs'
import type { Canary } from './canaries.js'
import { canaryText, plainCanary } from './canaries.js'

/** Where each login comes from. */
export type Source = 'inline' | 'env' | 'file' | 'vault'

interface Login {
  readonly password: string
  readonly secret: string
}

const names = [
  ...['inline-password', 'inline-enable', 'env-password', 'env-enable', 'file-password', 'file-enable'],
  ...[
    'vault-password',
    'vault-enable',
    'wrong-password',
    'wrong-enable',
    'wrong-passphrase',
    'misplaced',
    'jump-password',
  ],
  ...['replaced-password', 'unread-field'],
] as const

/** Secrets on their way through NetPulse: the devices that know them, the providers that hold them, and the calls that use them. */
export class SecretLife {
  readonly values = Object.fromEntries(names.map((name) => [name, canaryText(name)])) as Record<
    (typeof names)[number],
    string
  >
  readonly secretId = { value: '' }
  readonly #folder: string
  readonly #vault: OpenBao | undefined
  #key = ''
  #wrongKey = ''
  #publicKey = ''
  #roleId = ''

  private constructor(folder: string, vault: OpenBao | undefined) {
    this.#folder = folder
    this.#vault = vault
  }

  static async begin(folder: string, vault: OpenBao | undefined): Promise<SecretLife> {
    const life = new SecretLife(folder, vault)
    await life.#makeKeys()
    await life.#fillFile()
    if (vault !== undefined) await life.#fillVault(vault)
    return life
  }

  get sources(): readonly Source[] {
    return this.#vault === undefined ? ['inline', 'env', 'file'] : ['inline', 'env', 'file', 'vault']
  }

  /** Everything that must not be found. */
  canaries(apiKey: string): readonly Canary[] {
    const texts = Object.entries(this.values).map(([name, value]) => ({ name, value }))
    return [
      ...texts,
      { name: 'private key', value: this.#key },
      { name: 'wrong private key', value: this.#wrongKey },
      { name: 'api key', value: apiKey.split('_').slice(2).join('_') },
      ...(this.#vault === undefined ? [] : [{ name: 'vault secret id', value: this.secretId.value }]),
    ]
  }

  /** What the server and its workers are told. */
  environment(resolve: 'worker' | 'controller'): Record<string, string> {
    const file = { file: join(this.#folder, 'credentials.json'), keyring_file: join(this.#folder, 'file-keys.json') }
    const providers = {
      env: { plugin: 'env' },
      file: { plugin: 'file', options: file, allowed_paths: ['routers'] },
      ...(this.#vault === undefined
        ? {}
        : {
            vault: {
              plugin: 'vault',
              options: { addr: this.#vault.address, role_id: this.#roleId },
              allowed_paths: 'kv/routers',
            },
          }),
    }
    return {
      NETPULSE_LOG__LEVEL: 'debug',
      NETPULSE_CREDENTIALS__PROVIDERS: JSON.stringify(providers),
      NETPULSE_CREDENTIALS__RESOLVE: resolve,
      NETPULSE_VAULT_SECRET_ID: this.secretId.value,
      NETPULSE_CRED_ROUTERS_USERNAME: 'netops',
      NETPULSE_CRED_ROUTERS_PASSWORD: this.values['env-password'],
      NETPULSE_CRED_ROUTERS_SECRET: this.values['env-enable'],
    }
  }

  /** A device that asks for password and enable secret of a source, and says both in its answers. */
  device(simulator: Simulator, name: string, source: Source): Promise<SimulatedDevice> {
    const { password, secret } = this.#login(source)
    const login = { username: 'netops', password, secret, privilege: 1 }
    const onLine = (line: string): string | undefined => {
      if (line === 'show users') return `netops ${password}|${secret}|${password}${secret}\n`
      return line === 'show clock' ? `% broken by ${secret}\n% Invalid input detected at ${password}\n` : undefined
    }
    return simulator.add({ name, platform: 'cisco_iosxe', ...login, script: { onLine } })
  }

  keyDevice(simulator: Simulator, name: string): Promise<SimulatedDevice> {
    const onLine = (line: string): string | undefined => (line === 'show users' ? this.#key : undefined)
    const accounts = { username: 'netops', auth: ['publickey'] as const, authorizedKeys: [this.#publicKey] }
    return simulator.add({ name, platform: 'cisco_iosxe', ...accounts, script: { onLine } })
  }

  /** How a request logs in. */
  login(device: SimulatedDevice, source: Source): { connection_args: object; credential?: object } {
    const address = { host: device.host, port: device.port, device: device.name, device_type: 'cisco_iosxe' }
    const { password, secret } = this.#login(source)
    if (source === 'inline') return { connection_args: { ...address, username: 'netops', password, secret } }
    const mapping = { field_mapping: { username: 'username', password: 'password', secret: 'secret' } }
    const ref = source === 'env' ? 'ROUTERS' : 'routers/core'
    return {
      connection_args: { ...address, password: this.values['replaced-password'] },
      credential: { name: source, ref, ...mapping },
    }
  }

  keyLogin(device: SimulatedDevice, source: 'inline' | 'file', right = true): object {
    const address = { host: device.host, port: device.port, device: device.name, device_type: 'cisco_iosxe' }
    if (source === 'inline')
      return { connection_args: { ...address, username: 'netops', pkey: right ? this.#key : this.#wrongKey } }
    const mapping = { field_mapping: { username: 'username', pkey: 'pkey' } }
    return { connection_args: address, credential: { name: 'file', ref: 'routers/key', ...mapping } }
  }

  #login(source: Source): Login {
    return { password: this.values[`${source}-password`], secret: this.values[`${source}-enable`] }
  }

  async #makeKeys(): Promise<void> {
    for (const name of ['key', 'wrong'])
      execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', join(this.#folder, name)])
    this.#key = await readFile(join(this.#folder, 'key'), 'utf8')
    this.#wrongKey = await readFile(join(this.#folder, 'wrong'), 'utf8')
    this.#publicKey = await readFile(join(this.#folder, 'key.pub'), 'utf8')
  }

  async #fillFile(): Promise<void> {
    const keyring = await loadKeyring(join(this.#folder, 'file-keys.json'))
    const file = openCredentialFile(join(this.#folder, 'credentials.json'), keyring)
    await file.set('routers/core', { username: 'netops', ...this.#login('file'), other: this.values['unread-field'] })
    await file.set('routers/key', { username: 'netops', pkey: this.#key })
  }

  async #fillVault(vault: OpenBao): Promise<void> {
    await vault.api('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } })
    await vault.api('POST', 'sys/auth/approle', { type: 'approle' })
    await vault.api('PUT', 'sys/policies/acl/np', { policy: 'path "kv/data/*" { capabilities = ["read"] }' })
    await vault.api('POST', 'auth/approle/role/np', { token_policies: ['np'] })
    this.#roleId = String((await vault.api('GET', 'auth/approle/role/np/role-id')).data?.['role_id'])
    this.secretId.value = plainCanary('secret-id')
    await vault.api('POST', 'auth/approle/role/np/custom-secret-id', { secret_id: this.secretId.value })
    const fields = { username: 'netops', ...this.#login('vault'), other: this.values['unread-field'] }
    await vault.api('POST', 'kv/data/routers/core', { data: fields })
  }
}

/** What was asked, and every answer as text. */
export class Answers {
  readonly texts: string[] = []
  readonly #server: ServerProcess

  constructor(server: ServerProcess) {
    this.#server = server
  }

  async ask<Body>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly json: Body }> {
    const answer = await this.#server.call<Body>(method, path, body)
    this.texts.push(JSON.stringify(answer.json))
    return answer
  }
}
