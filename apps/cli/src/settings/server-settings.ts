import { join } from 'node:path'
import { NetPulseClient } from '@netpulse/client'
import { cliError } from '../errors.js'
import { readTextAt } from '../files.js'
import type { ProcessParts } from '../process-parts.js'
import type { GlobalOptions } from '../global-options.js'
import type { Profile } from './profiles.js'
import { isReadableByOthers, readProfile } from './profiles.js'

/** Where `netpulse up` listens. */
const defaultUrl = 'http://127.0.0.1:9000'

/** The server to work with. */
export interface ServerSettings {
  readonly url: string
  readonly apiKey: string | undefined
  /** Where the key came from, for `doctor`. */
  readonly keySource: string | undefined
  readonly profile: Profile
}

const set = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text.trim()

async function keyIn(file: string, { homeDir, cwd }: ProcessParts): Promise<string> {
  const path = file.startsWith('~/') ? join(homeDir, file.slice(2)) : join(file.startsWith('/') ? '' : cwd, file)
  const text = await readTextAt(path)
  if (await isReadableByOthers(path))
    throw cliError('FILE_UNSAFE', `${path} holds an API key and can be read by others. Run: chmod 600 ${path}`)
  return text.trim()
}

async function keyOf(parts: ProcessParts, options: GlobalOptions, profile: Profile) {
  const { env } = parts
  if (options.apiKey !== undefined) {
    parts.stderr.write(
      'netpulse: --api-key shows the key to everybody on this machine; set NETPULSE_API_KEY instead.\n',
    )
    return { apiKey: options.apiKey, keySource: '--api-key' }
  }
  if (options.apiKeyFile !== undefined)
    return { apiKey: await keyIn(options.apiKeyFile, parts), keySource: '--api-key-file' }
  const fromEnv = set(env['NETPULSE_API_KEY'])
  if (fromEnv !== undefined) return { apiKey: fromEnv, keySource: 'NETPULSE_API_KEY' }
  const file = set(env['NETPULSE_API_KEY_FILE'])
  if (file !== undefined) return { apiKey: await keyIn(file, parts), keySource: 'NETPULSE_API_KEY_FILE' }
  if (profile.api_key !== undefined) return { apiKey: profile.api_key, keySource: 'the profile' }
  if (profile.api_key_file !== undefined)
    return { apiKey: await keyIn(profile.api_key_file, parts), keySource: profile.api_key_file }
  return { apiKey: undefined, keySource: undefined }
}

/**
 * Flags win over the environment, the environment over the profile, the profile over the default.
 * @throws PROFILE_INVALID, FILE_UNSAFE, FILE_UNREADABLE
 */
export async function serverSettings(parts: ProcessParts, options: GlobalOptions): Promise<ServerSettings> {
  const profile = await readProfile(parts, options.profile)
  const url = options.url ?? options.endpoint ?? set(parts.env['NETPULSE_URL']) ?? profile.url ?? defaultUrl
  return { url, profile, ...(await keyOf(parts, options, profile)) }
}

/** @throws API_KEY_MISSING, COMMAND_LINE_INVALID for a URL or a key that cannot be one */
export function clientFor({ url, apiKey }: ServerSettings): NetPulseClient {
  if (apiKey === undefined)
    throw cliError(
      'API_KEY_MISSING',
      `No API key for ${url}. Set NETPULSE_API_KEY, use --api-key-file FILE, or put api_key into a profile.`,
    )
  try {
    return new NetPulseClient({ url, apiKey })
  } catch (cause) {
    throw cliError(
      'COMMAND_LINE_INVALID',
      `The server ${JSON.stringify(url)} cannot be used: ${(cause as Error).message}`,
      { cause },
    )
  }
}
