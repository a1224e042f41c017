import type {
  CommandResult,
  ErrorData,
  FoundTask,
  JobRecord,
  JsonObject,
  Redactor,
  TaskReport,
  WebhookEvent,
} from '@netpulse/core'
import type { CallContext, SendOptions } from '@netpulse/driver-sdk'
import type { Storage } from '@netpulse/storage'
import type { JobLimits } from './job-limits.js'
import type { OutputMeter } from './output-meter.js'
import type { JournalWriter } from './journal-writer.js'

/** How far an attempt came with its device, as the worker itself knows it: more exact than the journal. */
export interface RunProgress {
  readonly results: CommandResult[]
  /** A byte that may change the device may have gone out. */
  touched: boolean
  /** Something that may change the device was sent and not answered, or could not be undone. */
  uncertain: boolean
  /** Inputs that the device accepted. */
  accepted: number
  /** Everything that was accepted was taken back. */
  rolledBack: boolean
}

/** One attempt at one job on one session. */
export interface JobRun {
  readonly job: JobRecord
  readonly limits: JobLimits
  readonly journal: JournalWriter
  readonly progress: RunProgress
  readonly redactor: Redactor
  readonly context: CallContext
  readonly send: SendOptions
  readonly sessionReused: boolean
  readonly output: OutputMeter
  /** Where files come from and go to. */
  readonly storage?: Storage
}

/** What an attempt that ran to its end says. An attempt that could not throws. */
export interface RunAnswer {
  readonly status: 'finished' | 'failed'
  readonly outcome: 'succeeded' | 'refused' | 'failed' | 'rolled_back' | 'partial'
  readonly error?: ErrorData
  readonly diff?: string
  readonly extra?: JsonObject
  readonly task?: TaskReport
  readonly tasks?: readonly FoundTask[]
  /** What the webhook is told in the place of what the status says. */
  readonly event?: WebhookEvent
}

export const newProgress = (): RunProgress => ({
  results: [],
  touched: false,
  uncertain: false,
  accepted: 0,
  rolledBack: false,
})
