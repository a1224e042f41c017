import { randomUUID } from 'node:crypto'
import type { Clock, DeviceId, NetPulseError } from '@netpulse/core'
import { isNetPulseError, toErrorData } from '@netpulse/core'
import type { Sealer } from '@netpulse/credentials'
import type { SharedRecords } from '@netpulse/queue-redis'
import { engineError } from '../errors.js'
import type { Observe } from '../observer.js'
import type { SessionSpec } from '../sessions/session-spec.js'
import type { BreakerPolicy } from './breaker.js'
import type { Answer } from './breaker-book.js'
import { BreakerBook } from './breaker-book.js'
import { FirstLogins } from './first-logins.js'
import type { LoginLimits } from './login-limits.js'
import type { LoginNames, PauseScope } from './login-names.js'
import { loginNamesOf } from './login-names.js'
import { LoginPauses } from './login-pauses.js'
import { LoginRate } from './login-rate.js'

export interface LoginGuardOptions {
  readonly limits: LoginLimits
  readonly records: SharedRecords
  readonly sealer: Pick<Sealer, 'fingerprint'>
  readonly clock: Clock
  readonly observe: Observe
}

/** A login that may begin. One of the two is to be told what came of it; neither throws when the store is away. */
export interface AdmittedLogin {
  succeeded(): Promise<void>
  failed(error: unknown): Promise<void>
}

/** Failures that are further apart than this have nothing to do with each other. */
const windowMs = 600_000
const longestPauses = 10
const scopes: readonly PauseScope[] = ['device', 'credential', 'login']

/** The device did not answer, or not as one that is well. */
const unreached: ReadonlySet<string> = new Set(['CONNECT_FAILED', 'CONNECT_TIMEOUT', 'READ_TIMEOUT', 'SESSION_LOST'])
/** The device answered; what is wrong is known, and not the login. */
const reached: ReadonlySet<string> = new Set(['HOST_KEY_CHANGED', 'HOST_KEY_UNKNOWN', 'ALGORITHM_MISMATCH'])

const policyOf = (failures: number, pauseSeconds: number): BreakerPolicy => ({
  failures,
  windowMs,
  pauseMs: pauseSeconds * 1000,
  longestPauseMs: pauseSeconds * 1000 * longestPauses,
})

type Paused = Extract<Answer, { state: 'paused' }>
type Admissions = Readonly<Record<PauseScope, Exclude<Answer, Paused>>>

/** A login under way. */
interface Login {
  readonly names: LoginNames
  readonly device: DeviceId
  readonly admissions: Admissions
}

/**
 * Keeps NetPulse from hammering a device that cannot be reached, and an account that a device or an AAA server is about
 * to lock. What one process finds out holds for all that share the records.
 */
export class LoginGuard {
  readonly #options: LoginGuardOptions
  readonly #books: Readonly<Record<PauseScope, BreakerBook>>
  readonly #deviceRate: LoginRate
  readonly #credentialRate: LoginRate
  readonly #first: FirstLogins
  readonly pauses: LoginPauses

  constructor(options: LoginGuardOptions) {
    const { limits, records, clock } = options
    this.#options = options
    const book = (failures: number, pauseSeconds: number): BreakerBook =>
      new BreakerBook(records, clock, policyOf(failures, pauseSeconds))
    const credentials = book(limits.credentialFailures, limits.credentialPauseSeconds)
    this.#books = {
      device: book(limits.deviceFailures, limits.devicePauseSeconds),
      credential: credentials,
      login: credentials,
    }
    this.pauses = new LoginPauses(credentials)
    this.#first = new FirstLogins(clock)
    this.#deviceRate = new LoginRate(limits.perDevicePerMinute, clock)
    this.#credentialRate = new LoginRate(limits.perCredentialPerMinute, clock)
  }

  /**
   * Waits until a login fits the rates.
   * @throws DEVICE_PAUSED, CREDENTIAL_PAUSED; STORE_UNAVAILABLE; the signal's reason
   */
  async admit(spec: SessionSpec, signal: AbortSignal): Promise<AdmittedLogin> {
    const names = loginNamesOf(spec, (text) => this.#options.sealer.fingerprint(text))
    await this.#deviceRate.wait(names.device, signal)
    await this.#credentialRate.wait(names.credential, signal)
    const leave = await this.#first.enter(names.credential, signal)
    try {
      const login = { names, device: spec.device.id, admissions: await this.#ask(names, spec.device.id) }
      return {
        succeeded: () => this.#succeeded(login).catch(ifStoreIsAway).finally(leave),
        failed: (error) => this.#failed(error, login).catch(ifStoreIsAway).finally(leave),
      }
    } catch (error) {
      leave()
      throw error
    }
  }

  async #ask(names: LoginNames, device: DeviceId): Promise<Admissions> {
    const answers = await Promise.all(scopes.map((scope) => this.#books[scope].ask(names[scope])))
    const found = Object.fromEntries(scopes.map((scope, at) => [scope, answers[at]!])) as Record<PauseScope, Answer>
    const paused = scopes.find((scope) => found[scope].state === 'paused')
    if (paused === undefined) return found as Admissions
    const trials = scopes.filter((scope) => 'trial' in found[scope] && found[scope].trial)
    await Promise.all(trials.map((scope) => this.#books[scope].release(names[scope])))
    throw pausedError(paused, device, (found[paused] as Paused).forMs)
  }

  #succeeded(login: Login): Promise<void> {
    this.#first.prove(login.names.credential)
    return this.#forget(scopes, login)
  }

  async #failed(error: unknown, login: Login): Promise<void> {
    const { code } = toErrorData(error)
    if (unreached.has(code)) {
      await this.#note('device', login, randomUUID())
      await this.#release(['credential', 'login'], login)
    } else if (code === 'AUTH_FAILED') {
      this.#first.doubt(login.names.credential)
      await this.#forget(['device'], login)
      await this.#note('credential', login, login.device)
      await this.#note('login', login, randomUUID())
    } else {
      if (reached.has(code)) await this.#forget(['device'], login)
      await this.#release(scopes, login)
    }
  }

  async #note(scope: PauseScope, { names }: Login, mark: string): Promise<void> {
    if (await this.#books[scope].noteFailure(names[scope], mark)) this.#options.observe({ type: 'login_paused', scope })
  }

  /** What goes well is not kept in any book. */
  async #forget(of: readonly PauseScope[], { names, admissions }: Login): Promise<void> {
    const known = of.filter((scope) => admissions[scope].known)
    await Promise.all(known.map((scope) => this.#books[scope].forget(names[scope])))
  }

  /** A login that says nothing is no trial: somebody else has to make it. */
  async #release(of: readonly PauseScope[], { names, admissions }: Login): Promise<void> {
    const trials = of.filter((scope) => admissions[scope].trial)
    await Promise.all(trials.map((scope) => this.#books[scope].release(names[scope])))
  }
}

/** What came of the login is worth more than that it is counted. */
function ifStoreIsAway(error: unknown): void {
  if (!isNetPulseError(error, 'STORE_UNAVAILABLE')) throw error
}

function pausedError(scope: PauseScope, device: DeviceId, forMs: number): NetPulseError {
  const retryAfterSeconds = Math.ceil(forMs / 1000)
  const context = { details: { retryAfterSeconds } }
  if (scope === 'device')
    return engineError(
      'DEVICE_PAUSED',
      `${device} could not be reached several times in a row. It is left alone for ${retryAfterSeconds} s more.`,
      context,
    )
  const where = scope === 'login' ? `${device} refused it` : 'Several devices in a row refused it'
  return engineError(
    'CREDENTIAL_PAUSED',
    `The credential is not used for ${retryAfterSeconds} s more, so that no account is locked. ${where}.`,
    context,
  )
}
