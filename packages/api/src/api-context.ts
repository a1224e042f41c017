import type { Clock } from '@netpulse/core'
import type { NetPulse } from '@netpulse/engine'
import type { ApiKeyStore } from './keys/api-key-store.js'
import type { FileUrlsFor } from './files/file-urls.js'
import type { OpenRequests } from './open-requests.js'
import type { ApiMetrics } from './routes/metrics.js'
import type { RequestDefaults, Switches } from './schemas/request-schemas.js'
import type { FormatTimestamp } from './wire/timestamps.js'

/** What the routes share. */
export interface ApiContext {
  readonly netpulse: NetPulse
  readonly open: OpenRequests
  readonly timestamp: FormatTimestamp
  readonly urlsFor: FileUrlsFor
  readonly defaults: RequestDefaults
  readonly switches: Switches
  readonly switchNames: readonly string[]
  readonly bodyLimitBytes: number
  readonly clock: Clock
  readonly metrics: ApiMetrics | undefined
  /** Absent where the keys come from elsewhere. */
  readonly keys?: ApiKeyStore
  readonly maxDevicesPerBulk: number
}
