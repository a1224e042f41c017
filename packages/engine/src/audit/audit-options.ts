import type { JsonSchema } from '@netpulse/core'
import type { AuditLimits } from '@netpulse/queue'

/** What the audit record is to be. */
export interface AuditOptions {
  /** Whether there is one. @defaultValue where jobs outlast the process: not with `memory:` */
  readonly enabled?: boolean
  /** Whether a request may ask to be left out of it (`auditMode: 'none'`). @defaultValue true */
  readonly allowNone?: boolean
  /** How long entries are kept. Days, 1 to 36500. @defaultValue 30 */
  readonly retentionDays?: number
  /** Entries that are kept, from 1000; the oldest go. @defaultValue 1000000 in a folder, 100000 in Redis, which has them in memory */
  readonly maxEntries?: number
}

/** The options with the defaults that do not depend on the store. */
export type AuditSettings = AuditOptions & Required<Pick<AuditOptions, 'allowNone' | 'retentionDays'>>

export const auditOptionsSchema: JsonSchema = {
  type: 'object',
  properties: {
    enabled: { type: 'boolean' },
    allowNone: { type: 'boolean', default: true },
    retentionDays: { type: 'number', minimum: 1, maximum: 36_500, default: 30, 'x-unit': 'd' },
    maxEntries: { type: 'integer', minimum: 1000, maximum: 1_000_000_000 },
  },
  additionalProperties: false,
  default: {},
}

const dayMs = 86_400_000

/** Entries that are kept where nobody says. */
const presetEntries = { folder: 1_000_000, redis: 100_000 } as const

/** How long a store keeps entries. */
export const auditLimitsOf = (
  { retentionDays, maxEntries }: AuditSettings,
  store: keyof typeof presetEntries,
): AuditLimits => ({ retentionMs: retentionDays * dayMs, maxEntries: maxEntries ?? presetEntries[store] })
