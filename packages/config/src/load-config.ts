import type { SchemaViolation } from '@netpulse/core'
import type { Config } from './config-schema.js'
import { completeConfig, configSchema } from './config-schema.js'
import { addVaultLogin } from './credential-options.js'
import { fileSettings } from './config-file.js'
import { configError } from './errors.js'
import { environmentSettings } from './environment.js'
import type { Setting } from './settings.js'

/** Where a configuration comes from. */
export interface ConfigSources {
  /** Settings by flags of the command line. */
  readonly flags?: readonly Setting[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** YAML file. @defaultValue `NETPULSE_CONFIG_FILE` of `env`, else none */
  readonly file?: string
}

/** Later settings win. A section that is no section stays what it is, for the check to refuse. */
function merged(settings: readonly Setting[]): Record<string, unknown> {
  const config: Record<string, unknown> = {}
  for (const { path, value } of settings) {
    const keys = path.split('.')
    const last = keys.pop()!
    let at = config
    for (const key of keys) at = at[key] = { ...(at[key] as Record<string, unknown> | undefined) }
    at[last] = value
  }
  return config
}

function sentence({ path, message }: SchemaViolation, settings: readonly Setting[]): string {
  const setter = settings.findLast((setting) => path === setting.path || path.startsWith(`${setting.path}.`))
  return setter === undefined ? `${path}: ${message}` : `${path} (${setter.source}): ${message}`
}

/**
 * The configuration: flags win over the environment, the environment over the file, the file over the defaults.
 * @throws CONFIG_INVALID, with every mistake and where it stands; CONFIG_UNREADABLE
 */
export async function loadConfig({ flags = [], env = {}, file }: ConfigSources): Promise<Config> {
  const path = file ?? env['NETPULSE_CONFIG_FILE']
  const fromFile = path === undefined || path === '' ? [] : await fileSettings(path)
  const settings = [...fromFile, ...environmentSettings(env), ...flags]
  const config = merged(settings)
  addVaultLogin(config, env)
  const violations = configSchema.check(structuredClone(config))
  if (violations.length === 0) return completeConfig(config)
  const sentences = violations.map((violation) => sentence(violation, settings))
  throw configError(
    'CONFIG_INVALID',
    `The configuration is not valid:\n${sentences.map((one) => `  ${one}`).join('\n')}`,
  )
}
