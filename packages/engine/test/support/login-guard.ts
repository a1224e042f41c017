import type { Clock } from '@netpulse/core'
import { LoginGuard } from '../../src/logins/login-guard.js'
import type { LoginLimits } from '../../src/logins/login-limits.js'
import type { Observe } from '../../src/observer.js'
import { settingsOf } from '../../src/options.js'
import { ownRecords } from '../../src/store/own-records.js'

/** The defaults. */
export const standardLimits: LoginLimits = settingsOf({}).logins

interface GuardOptions {
  readonly clock: Clock
  readonly observe?: Observe
  readonly limits?: Partial<LoginLimits>
  readonly records?: ReturnType<typeof ownRecords>
}

/** A guard with records of its own. */
export const loginGuardOf = ({
  clock,
  observe = () => undefined,
  limits,
  records = ownRecords(),
}: GuardOptions): LoginGuard =>
  new LoginGuard({
    limits: { ...standardLimits, ...limits },
    records,
    sealer: { fingerprint: (text) => Buffer.from(text).toString('base64url') },
    clock,
    observe,
  })
