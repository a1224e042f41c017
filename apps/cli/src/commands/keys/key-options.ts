import type { DeviceSelector, NewKeyRequest } from '@netpulse/client'
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { GlobalOptions } from '../../global-options.js'
import { collect } from '../../global-options.js'

/** Options of `keys create`. */
export interface NewKeyOptions extends GlobalOptions {
  readonly role: NewKeyRequest['role']
  readonly scopes?: readonly string[]
  readonly devices?: readonly DeviceSelector[]
  readonly expires?: string
  readonly allow?: readonly string[]
  readonly keyFile?: string
}

const selectorFields = ['site', 'tag', 'host', 'cidr'] as const

function selectorOf(text: string): DeviceSelector {
  const pairs = text.split(',').map((pair) => {
    const [, field = '', value = ''] = /^\s*(\w+)=\s*(.+?)\s*$/.exec(pair) ?? []
    if (!selectorFields.some((known) => known === field))
      throw new InvalidArgumentError('Write site=, tag=, host= and cidr=: cidr=10.0.0.0/8,site=dc1;host=core-*')
    return [field, value] as const
  })
  return Object.fromEntries(pairs)
}

const collectSelectors = (text: string, before: readonly DeviceSelector[] = []): readonly DeviceSelector[] => [
  ...before,
  ...text.split(';').map(selectorOf),
]

const collectWords = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text.split(',').map((word) => word.trim()),
]

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `90d` from now on, or a moment as the server reads it. */
function expiryOf(text: string): string {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? []
  return count === undefined ? text : new Date(Date.now() + Number(count) * unitsMs[unit]!).toISOString()
}

export const addNewKeyOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--role <role>', 'viewer reads, operator also runs jobs, admin does everything')
        .choices(['viewer', 'operator', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--scopes <list>', "instead of the role's: query:run,job:read:own; again for more", collectWords)
    .option(
      '--devices <list>',
      'the only devices that the key reaches: cidr=10.0.0.0/8,site=dc1;host=core-*',
      collectSelectors,
    )
    .option('--expires <moment>', 'refused from then on: 2027-01-31 (ISO 8601), or 12h, 90d, 8w from now', expiryOf)
    .option('--allow <rule>', 'command that it may send although the command policy denies it; again for more', collect)

/** A new key as the API takes it; which scopes there are, is the server's to say. */
export function newKeyRequest(name: string, options: NewKeyOptions): NewKeyRequest {
  const { role, scopes, devices, expires, allow } = options
  return {
    name,
    role,
    ...(scopes === undefined ? {} : { scopes: [...scopes] as NonNullable<NewKeyRequest['scopes']> }),
    ...(devices === undefined ? {} : { devices: [...devices] }),
    ...(expires === undefined ? {} : { expires_at: expires }),
    ...(allow === undefined ? {} : { policy_allow: [...allow] }),
  }
}
