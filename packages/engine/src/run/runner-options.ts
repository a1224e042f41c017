import type { Clock, JobRecord, Logger } from '@netpulse/core'
import type { JobStore } from '@netpulse/queue'
import type { Storage } from '@netpulse/storage'
import type { Observe } from '../observer.js'
import type { JobOpenerOptions } from './job-opener.js'
import type { OutputLimits } from './output-meter.js'

export interface RunnerOptions extends JobOpenerOptions {
  readonly jobs: Pick<JobStore, 'journal' | 'finish' | 'retry' | 'output' | 'progress'>
  readonly clock: Clock
  readonly log: Logger
  readonly observe: Observe
  /** Whether later modifications wait after an unknown outcome. */
  readonly holdUnknown: boolean
  /** Whether jobs survive this process. */
  readonly durable: boolean
  /** Whether this node may still talk to devices, by its own clock. */
  readonly isTrusted: () => boolean
  /** Numbers in [0, 1). */
  readonly random: () => number
  /** Where files come from and go to. @defaultValue nowhere: transfers fail */
  readonly storage?: Storage
  /** Is told when a job about a task has ended, once that is stored. @defaultValue nobody */
  readonly onTaskStep?: (job: JobRecord) => void
  /** @defaultValue no limits */
  readonly outputLimits?: OutputLimits
}
