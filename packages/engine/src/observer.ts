import type { DeliveryOutcome } from '@netpulse/webhooks'
import type { PauseScope } from './logins/login-names.js'
import type { JobKind, JobOutcome, JobStatus, QueueStrategy } from '@netpulse/core'

/** Of a job, what is worth counting by. */
export interface ObservedJob {
  readonly driver: string
  readonly kind: JobKind
  readonly strategy: QueueStrategy
}

/** Something that this process did. Instants are not in it: it is told when it happens. */
export type Observation =
  /** A worker took a job; `waitSeconds` since it was accepted, by the clocks of two processes. */
  | { readonly type: 'job_started'; readonly job: ObservedJob; readonly waitSeconds: number }
  /** An attempt is over and its end is stored. */
  | {
      readonly type: 'job_ended'
      readonly job: ObservedJob
      readonly status: JobStatus
      readonly outcome: JobOutcome
      readonly runSeconds: number
    }
  /** An attempt failed before it touched the device, and another follows. */
  | { readonly type: 'job_retried'; readonly job: ObservedJob; readonly code: string }
  | { readonly type: 'session_opened'; readonly driver: string; readonly seconds: number }
  /** `code` is that of the error: `AUTH_FAILED`, `CONNECT_TIMEOUT`, ... */
  | { readonly type: 'session_refused'; readonly driver: string; readonly code: string; readonly seconds: number }
  /** After too many failures a device is left alone, or a credential is not used: everywhere, or (`login`) at one device. */
  | { readonly type: 'login_paused'; readonly scope: PauseScope }
  /** A kept session serves another job. */
  | { readonly type: 'session_reused'; readonly driver: string }
  /** A session that had rested was asked for its prompt. */
  | { readonly type: 'session_probed'; readonly driver: string; readonly answered: boolean }
  /** The device hung up on a session that is kept open between jobs, or the connection broke. */
  | { readonly type: 'session_lost'; readonly driver: string }
  /** It is gone, for whatever reason; once for each that was opened. */
  | { readonly type: 'session_closed'; readonly driver: string }
  /** A webhook was sent: taken, to be tried again, or given up for good. */
  | { readonly type: 'webhook_attempted'; readonly outcome: DeliveryOutcome }

/** Is told what this process does; must be quick, and must not throw. */
export type Observe = (observation: Observation) => void
