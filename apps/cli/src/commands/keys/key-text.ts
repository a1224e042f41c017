import type { ApiKey, DeviceSelector } from '@netpulse/client'
import { factsText } from '../../output/facts.js'
import type { FlatRow } from '../../output/result-file.js'
import { table } from '../../output/table.js'

const selectorText = (selector: DeviceSelector): string =>
  Object.entries(selector)
    .map(([field, value]) => `${field}=${String(value)}`)
    .join(',')

/** As `--devices` takes them. */
const devicesText = ({ devices }: ApiKey): string => devices?.map(selectorText).join(';') ?? 'all'

/** A key as one row of a table for programs. */
export const keyRow = (key: ApiKey): FlatRow => ({
  ...{ id: key.id, name: key.name, role: key.role, status: key.status },
  ...{ scopes: key.scopes.join(' '), devices: devicesText(key), policy_allow: key.policy_allow.join('\n') },
  ...{ created_at: key.created_at, expires_at: key.expires_at, rotated_at: key.rotated_at },
  ...{ previous_valid_until: key.previous_valid_until, last_used_at: key.last_used_at },
})

export const keysText = (keys: readonly ApiKey[]): string =>
  table(
    [
      { head: 'ID', value: ({ id }) => id },
      { head: 'NAME', value: ({ name }) => name },
      { head: 'ROLE', value: ({ role }) => role },
      { head: 'STATUS', value: ({ status }) => status },
      { head: 'DEVICES', value: devicesText },
      { head: 'EXPIRES', value: ({ expires_at: at }) => at ?? 'never' },
      { head: 'LAST USED', value: ({ last_used_at: at }) => at ?? 'never' },
    ],
    keys,
  )

/** All that is known of a key but its secret. */
export const keyText = (key: ApiKey): string =>
  factsText([
    ['id', key.id],
    ['name', key.name],
    ['role', key.role],
    ['status', key.status],
    ['scopes', key.scopes.join(' ')],
    ['devices', devicesText(key)],
    ['may send', key.policy_allow.join('; ')],
    ['created', key.created_at],
    ['expires', key.expires_at ?? 'never'],
    ['rotated', key.rotated_at],
    ['secret before until', key.previous_valid_until],
    ['last used', key.last_used_at ?? 'never'],
  ])
