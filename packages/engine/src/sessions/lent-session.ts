import type { CallContext, Session } from '@netpulse/driver-sdk'
import type { SessionOpener } from './session-opener.js'
import type { SessionSpec } from './session-spec.js'

/** A session for the time of one job. */
export interface LentSession {
  readonly session: Session
  /** It has served a job before. */
  readonly reused: boolean
  /** Ends the loan. Without `keep` the session is closed: the job is in doubt about it. Resolves when it is. */
  giveBack(keep: boolean): Promise<void>
}

/** Where a worker gets sessions from. `mayOpen` throws when the device may have another owner by now. */
export type LendSession = (spec: SessionSpec, context: CallContext, mayOpen: () => void) => Promise<LentSession>

/** A session that lives for one job. */
export const lendOnce =
  (opener: SessionOpener): LendSession =>
  async (spec, context, mayOpen) => {
    const session = await opener.open(spec, context, mayOpen)
    return { session, reused: false, giveBack: () => opener.close(session) }
  }
