import type { Setting } from './settings.js'
import { settingPaths, typedValue } from './settings.js'

const prefix = 'NETPULSE_'

/** Variables that servers and workers read beside those of settings, with what each is for. */
export const programVariables: Readonly<Record<string, string>> = {
  NETPULSE_CONFIG_FILE: 'YAML file of settings; the flag `--config` wins.',
  NETPULSE_VAULT_TOKEN: 'Secret. `token` of each provider with the plugin `vault` whose options have none.',
  NETPULSE_VAULT_ROLE_ID: 'Secret. `role_id` of the same, for AppRole.',
  NETPULSE_VAULT_SECRET_ID: 'Secret. `secret_id` of the same.',
  TZ: 'IANA zone of the instants in answers of `netpulse-server`. Default: UTC.',
}

/** The variable of a setting: `NETPULSE_SERVER__PORT` of `server.port`. */
export const variableOf = (path: string): string => prefix + path.toUpperCase().replaceAll('.', '__')

const pathOf = (variable: string): string => variable.slice(prefix.length).toLowerCase().replaceAll('__', '.')

/**
 * Settings from the environment: `NETPULSE_STORE`, `NETPULSE_SERVER__PORT`, `NETPULSE_REDIS__TLS__CA`. A variable with a
 * section is ours, known or not; others that begin with `NETPULSE_` may belong to a client of the API and are left alone.
 */
export function environmentSettings(env: Readonly<Record<string, string | undefined>>): readonly Setting[] {
  const known = new Set(settingPaths().map(variableOf))
  const settings: Setting[] = []
  for (const [variable, text] of Object.entries(env)) {
    const isOurs = known.has(variable) || (variable.startsWith(prefix) && variable.includes('__'))
    if (text === undefined || !isOurs) continue
    const path = pathOf(variable)
    settings.push({ path, value: typedValue(path, text), source: variable })
  }
  return settings
}
