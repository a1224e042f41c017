import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Config } from '@netpulse/config'
import type { CredentialFile } from '@netpulse/credentials'
import type { Command } from 'commander'
import type { Context } from '../../context.js'
import { cliError } from '../../errors.js'
import { isThere } from '../../files.js'
import type { GlobalOptions } from '../../global-options.js'

/** Options that say which sealed file is meant, on the machine of a server or a worker. */
export interface SealedFileOptions extends GlobalOptions {
  readonly file?: string
  readonly keyringFile?: string
  readonly config?: string
  readonly store?: string
  readonly provider?: string
}

/** A sealed file of credentials, and the keys that it is sealed with. */
export interface SealedFile {
  readonly path: string
  readonly keyringPath: string
}

export const addSealedFileOptions = (command: Command): Command =>
  command
    .option('--config <file>', "the server's configuration, which names the sealed file; also NETPULSE_CONFIG_FILE")
    .option('--provider <name>', 'credential provider of the configuration, where it has several sealed files')
    .option('--file <file>', 'the sealed file itself')
    .option('--keyring-file <file>', 'keys that it is sealed with; else those of the server')
    .option('--store <folder>', "the server's folder, as netpulse-server --store has it")

const mistake = (message: string): Error => cliError('COMMAND_LINE_INVALID', message)

type Parts = Pick<Context<SealedFileOptions>, 'parts' | 'options'>

/** The configuration as a server on this machine would read it. @throws CONFIG_INVALID, CONFIG_UNREADABLE */
async function configOf({ parts, options }: Parts): Promise<Config> {
  const { loadConfig } = await import('@netpulse/config')
  const { config = parts.env['NETPULSE_CONFIG_FILE'] ?? '', store } = options
  return loadConfig({
    env: parts.env,
    ...(config === '' ? {} : { file: resolve(parts.cwd, config) }),
    flags: store === undefined ? [] : [{ path: 'store', value: store, source: '--store' }],
  })
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The files of the provider that is meant. @throws COMMAND_LINE_INVALID for none, and for one of several */
async function configuredFile(config: Config, name: string | undefined) {
  const { credentialOptions } = await import('@netpulse/config')
  const { providers = {} } = credentialOptions(config)
  const sealed = Object.entries(providers).filter(([, { plugin }]) => plugin === 'file')
  const names = sealed.map(([known]) => known).join(', ')
  const found = name === undefined ? sealed : sealed.filter(([known]) => known === name)
  if (found.length === 1) {
    const { options = {} } = found[0]![1]
    return { file: textOf(options['file']), keyring: textOf(options['keyring_file']) }
  }
  if (name !== undefined)
    throw mistake(`The configuration has no credential provider ${name} of the plugin file; it has ${names || 'none'}.`)
  if (sealed.length > 1)
    throw mistake(`The configuration has several sealed files; name one of them with --provider: ${names}.`)
  throw mistake(
    'No sealed file is known: name it with --file, or with --config a configuration of the server that has a credential provider of the plugin file.',
  )
}

/** The file of jobs' keys, which seals files of credentials too unless they say otherwise. */
const keyringOf = ({ keyring_file: file, store }: Config): string | undefined =>
  file ?? (store === 'memory:' ? undefined : join(store, 'keyring.json'))

/**
 * Which file is meant: the named one, else that of the server's configuration.
 * @throws COMMAND_LINE_INVALID, CONFIG_INVALID, CONFIG_UNREADABLE
 */
export async function sealedFileOf(context: Parts): Promise<SealedFile> {
  const { options, parts } = context
  const config = await configOf(context)
  const configured =
    options.file === undefined
      ? await configuredFile(config, options.provider)
      : { file: options.file, keyring: undefined }
  const path = options.file ?? configured.file
  const keyring = options.keyringFile ?? configured.keyring ?? keyringOf(config)
  if (path === undefined || keyring === undefined)
    throw mistake('With the store memory: name the sealed file and its keys: --file and --keyring-file.')
  return { path: resolve(parts.cwd, path), keyringPath: resolve(parts.cwd, keyring) }
}

/**
 * Opens the file. A keyring is made only to fill a first file with it: elsewhere one that is not there is a wrong path.
 * @throws as `sealedFileOf`; FILE_UNREADABLE, KEYRING_INVALID
 */
export async function openSealedFile(
  context: Context<SealedFileOptions>,
  makeKeyring = false,
): Promise<CredentialFile> {
  const { path, keyringPath } = await sealedFileOf(context)
  const { loadKeyring, openCredentialFile } = await import('@netpulse/credentials')
  if (!(await isThere(keyringPath))) {
    if (!makeKeyring || (await isThere(path)))
      throw cliError('FILE_UNREADABLE', `${keyringPath}, the keys that the file is sealed with, is not there.`)
    await mkdir(dirname(keyringPath), { recursive: true, mode: 0o700 })
    context.report.note(`netpulse: made ${keyringPath}: without it, nobody can open what is sealed.`)
  }
  return openCredentialFile(path, await loadKeyring(keyringPath))
}
