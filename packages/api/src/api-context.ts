import type { NetPulse } from '@netpulse/engine'
import type { LongPolls } from './long-polls.js'
import type { RequestDefaults, Switches } from './schemas/request-schemas.js'
import type { FormatTimestamp } from './wire/timestamps.js'

/** What the routes share. */
export interface ApiContext {
  readonly netpulse: NetPulse
  readonly polls: LongPolls
  readonly timestamp: FormatTimestamp
  readonly defaults: RequestDefaults
  readonly switches: Switches
  readonly switchNames: readonly string[]
  readonly bodyLimitBytes: number
  readonly now: () => Date
}
