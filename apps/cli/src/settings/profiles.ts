import { stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { nearestWord } from '@netpulse/core'
import { parse } from 'yaml'
import { cliError } from '../errors.js'
import { readTextIfThere } from '../files.js'
import type { ProcessParts } from '../process-parts.js'

/** A server that one works with. */
export interface Profile {
  readonly url?: string
  readonly api_key?: string
  /** File that holds the API key and nothing else; `~` is the home folder. */
  readonly api_key_file?: string
  /** User name on the devices. */
  readonly username?: string
}

const profileKeys = ['url', 'api_key', 'api_key_file', 'username']

interface ConfigFile {
  readonly default?: string
  readonly profiles?: Readonly<Record<string, Profile>>
}

/** `NETPULSE_CLI_CONFIG`, else `netpulse/config.yaml` where the XDG base directories say. */
export function configFileOf({ env, homeDir, cwd }: ProcessParts): string {
  const named = env['NETPULSE_CLI_CONFIG']
  if (named !== undefined && named !== '') return isAbsolute(named) ? named : join(cwd, named)
  const xdg = env['XDG_CONFIG_HOME']
  // The specification says: a relative path is to be ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homeDir, '.config')
  return join(base, 'netpulse', 'config.yaml')
}

/** Whether others on this machine may read the file. Windows has no such bits. */
export const isReadableByOthers = async (file: string): Promise<boolean> =>
  process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0

const invalid = (file: string, message: string, cause?: unknown): Error =>
  cliError('PROFILE_INVALID', `${file}: ${message}`, { cause })

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function checkKeys(value: unknown, allowed: readonly string[], at: { file: string; path: string }): void {
  if (!isObject(value)) throw invalid(at.file, `${at.path} must be a list of keys with values.`)
  for (const key of Object.keys(value)) {
    if (allowed.includes(key)) continue
    const nearest = nearestWord(key, allowed)
    const hint = nearest === undefined ? `known are ${allowed.join(', ')}` : `did you mean ${nearest}?`
    throw invalid(at.file, `${at.path} has an unknown key ${key}; ${hint}`)
  }
}

function checked(file: string, value: unknown): ConfigFile {
  checkKeys(value ?? {}, ['default', 'profiles'], { file, path: 'the file' })
  const { profiles = {} } = (value ?? {}) as { profiles?: unknown }
  if (!isObject(profiles)) throw invalid(file, 'profiles must be a list of names with their settings.')
  for (const [name, profile] of Object.entries(profiles)) {
    checkKeys(profile, profileKeys, { file, path: `profiles.${name}` })
    for (const [key, text] of Object.entries(profile as object))
      if (typeof text !== 'string') throw invalid(file, `profiles.${name}.${key} must be text.`)
  }
  return (value ?? {}) as ConfigFile
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (cause) {
    // The parser's own message shows the line, which may hold a key.
    throw invalid(file, 'this is not YAML.', (cause as { code?: string }).code)
  }
}

/** A file that is not there is empty. @throws PROFILE_INVALID, FILE_UNSAFE, FILE_UNREADABLE */
async function readConfigFile(file: string): Promise<ConfigFile> {
  const text = await readTextIfThere(file)
  if (text === undefined) return {}
  const config = checked(file, parsed(file, text))
  const hasKey = Object.values(config.profiles ?? {}).some(({ api_key: key }) => key !== undefined)
  if (hasKey && (await isReadableByOthers(file)))
    throw cliError('FILE_UNSAFE', `${file} holds an API key and can be read by others. Run: chmod 600 ${file}`)
  return config
}

/**
 * The profile to use: the named one, else that of `NETPULSE_PROFILE`, else the file's default, else the only one.
 * @throws PROFILE_INVALID, FILE_UNSAFE for a file with a key that others may read, FILE_UNREADABLE
 */
export async function readProfile(parts: ProcessParts, named: string | undefined): Promise<Profile> {
  const file = configFileOf(parts)
  const { default: fallback, profiles = {} } = await readConfigFile(file)
  const names = Object.keys(profiles)
  const name = named ?? parts.env['NETPULSE_PROFILE'] ?? fallback ?? (names.length === 1 ? names[0] : undefined)
  if (name === undefined) return {}
  if (!Object.hasOwn(profiles, name))
    throw invalid(file, `there is no profile ${name}; it has ${names.join(', ') || 'none'}.`)
  return profiles[name]!
}
