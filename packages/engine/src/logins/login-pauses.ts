import { createHash } from 'node:crypto'
import type { DeviceId } from '@netpulse/core'
import { asDeviceId } from '@netpulse/core'
import type { BreakerBook, OpenBreaker } from './breaker-book.js'
import type { PauseScope } from './login-names.js'
import { partsOfLoginName } from './login-names.js'

/** Logins that are not tried for a while. */
export interface LoginPause {
  /** Opaque. */
  readonly id: string
  /** `device`: nobody logs in there; `credential`: it is used nowhere; `login`: it is not used at that device. */
  readonly scope: PauseScope
  /** Absent for a credential. */
  readonly device?: DeviceId
  /** Devices that refused the credential last. */
  readonly refusedBy?: readonly DeviceId[]
  readonly until: Date
}

/** The name holds a fingerprint, which is nobody's business. */
const idOf = (name: string): string => createHash('sha256').update(name).digest('base64url').slice(0, 22)

function pauseOf({ name, until, marks }: OpenBreaker): LoginPause {
  const { scope, device } = partsOfLoginName(name)
  return {
    id: idOf(name),
    scope,
    ...(device === undefined ? {} : { device }),
    ...(scope === 'credential' ? { refusedBy: marks.map(asDeviceId) } : {}),
    until,
  }
}

/** Shows the pauses to operators, and ends them. */
export class LoginPauses {
  readonly #book: BreakerBook

  /** @param book of any scope: all are kept in the same records */
  constructor(book: BreakerBook) {
    this.#book = book
  }

  /** Those that end first come first. */
  async list(): Promise<readonly LoginPause[]> {
    const open = await this.#book.open()
    return open.map(pauseOf).sort((a, b) => a.until.getTime() - b.until.getTime())
  }

  /** The cause is gone: whoever comes next may try. `undefined`: there is no such pause. */
  async end(id: string): Promise<LoginPause | undefined> {
    const breaker = (await this.#book.open()).find(({ name }) => idOf(name) === id)
    if (breaker === undefined || !(await this.#book.forget(breaker.name))) return undefined
    return pauseOf(breaker)
  }
}
