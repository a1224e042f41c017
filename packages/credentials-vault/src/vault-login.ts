import type { CancelTimer, Clock, Logger, Secret } from '@netpulse/core'
import { inTime, isNetPulseError, toErrorData, unlessAborted } from '@netpulse/core'
import { providerError } from '@netpulse/plugin-sdk'
import type { TokenLease } from './vault-answers.js'
import { failureOf, leaseOfAuth, leaseOfLookup } from './vault-answers.js'
import type { VaultHttp } from './vault-http.js'
import { vaultLimit } from './vault-limit.js'
import type { AppRole, VaultOptions } from './vault-options.js'

/** NetPulse's own login at Vault. */
export interface Login {
  readonly token: Secret
  readonly ttlMs: number
  readonly expiresAtMs: number
  readonly renewable: boolean
  readonly from: 'token' | 'approle'
}

export interface VaultLoginOptions {
  readonly vault: VaultOptions
  readonly http: VaultHttp
  readonly clock: Clock
  readonly log: Logger
}

/** Part of its life after which a login is renewed. */
const renewAt = 2 / 3

/** Renewals, and tries after one that did not reach Vault, are at least this far apart. */
const leastPauseMs = 1_000

const longestRetryMs = 30_000

/**
 * Keeps one login alive for every call.
 *
 * | state | event | next |
 * |---|---|---|
 * | none | a call needs it | by the token, where Vault still knows it; else by AppRole |
 * | logged in | two thirds of its life are over | renewed |
 * | logged in | it cannot be renewed, or by less than half of what it had: its end is near | by AppRole; without one it lives out its time |
 * | logged in | the renewal does not reach Vault | tried again until it expires |
 * | logged in | Vault does not know the token any more | by AppRole; without one CREDENTIAL_LOGIN_EXPIRED |
 */
export class VaultLogin {
  readonly #options: VaultLoginOptions
  #login: Login | undefined
  #loggingIn: Promise<Login> | undefined
  #cancelTimer: CancelTimer = () => undefined
  #closed = false

  constructor(options: VaultLoginOptions) {
    this.#options = options
  }

  /** The login that there is, or a new one. @throws CREDENTIAL_LOGIN_EXPIRED, CREDENTIAL_SEALED, CREDENTIAL_UNAVAILABLE; the signal's reason */
  async current(signal: AbortSignal): Promise<Login> {
    const login = this.#login
    if (login !== undefined && login.expiresAtMs > this.#options.clock.monotonicMs()) return login
    return this.#shared(login, signal)
  }

  /** Whether Vault still knows the token: a refusal tells nothing about it. */
  async isKnown({ token }: Login, signal: AbortSignal): Promise<boolean> {
    return (await this.#lookUp(token, signal)) !== undefined
  }

  /** A login in place of one that Vault does not know any more. @throws as `current` */
  async replace(dead: Login, signal: AbortSignal): Promise<Login> {
    if (this.#login !== undefined && this.#login !== dead) return this.#login
    return this.#shared(dead, signal)
  }

  /** Gives up what AppRole gave; a configured token is not ours to revoke. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelTimer()
    const login = this.#login
    this.#login = undefined
    if (login?.from !== 'approle') return
    await this.#call({ method: 'POST', path: ['auth', 'token', 'revoke-self'], token: login.token }).catch(
      (error: unknown) => this.#warn('The login at Vault could not be given up; it expires by itself.', error),
    )
  }

  /** One login for all who wait; each leaves with its own signal, and the login goes on for the others. */
  #shared(before: Login | undefined, signal: AbortSignal): Promise<Login> {
    return unlessAborted(
      signal,
      () => (this.#loggingIn ??= this.#logIn(before).finally(() => (this.#loggingIn = undefined))),
    )
  }

  /** A token that has served and is not known any more is not tried again. */
  async #logIn(before: Login | undefined): Promise<Login> {
    const { token, appRole } = this.#options.vault
    if (token !== undefined && before === undefined) {
      const lease = await this.#lookUp(token)
      // Without AppRole there is nothing else; a token that may not look itself up may still read.
      if (lease !== undefined || appRole === undefined)
        return this.#keep({ token, ...(lease ?? { ttlMs: Infinity, renewable: false }), from: 'token' })
    }
    if (appRole === undefined)
      throw providerError(
        'CREDENTIAL_LOGIN_EXPIRED',
        'The Vault token has expired or was revoked; configure a new one.',
      )
    return this.#byAppRole(appRole)
  }

  async #byAppRole({ mount, roleId, secretId }: AppRole): Promise<Login> {
    const path = ['auth', ...mount.split('/'), 'login']
    const body = { role_id: roleId, secret_id: secretId.reveal() }
    const answer = await this.#call({ method: 'POST', path, body })
    if (answer.status === 400 || answer.status === 403 || answer.status === 404)
      throw providerError(
        'CREDENTIAL_LOGIN_EXPIRED',
        'Vault refuses the AppRole: a wrong role id, or a used or expired secret id.',
      )
    if (answer.status !== 200) throw failureOf(answer)
    return this.#keep({ ...leaseOfAuth(answer), from: 'approle' })
  }

  /** `undefined`: Vault does not know the token, or does not let it look. */
  async #lookUp(token: Secret, signal?: AbortSignal): Promise<TokenLease | undefined> {
    const answer = await this.#call({ method: 'GET', path: ['auth', 'token', 'lookup-self'], token }, signal)
    if (answer.status === 403) return undefined
    if (answer.status !== 200) throw failureOf(answer)
    return leaseOfLookup(answer)
  }

  #keep(lease: Omit<Login, 'expiresAtMs'>): Login {
    const login = { ...lease, expiresAtMs: this.#options.clock.monotonicMs() + lease.ttlMs }
    if (this.#closed) return login
    this.#login = login
    const renews = login.renewable || this.#options.vault.appRole !== undefined
    if (renews && login.ttlMs < Infinity) this.#renewAfter(Math.max(login.ttlMs * renewAt, leastPauseMs), login)
    else this.#cancelTimer()
    return login
  }

  #renewAfter(delayMs: number, login: Login): void {
    this.#cancelTimer()
    this.#cancelTimer = this.#options.clock.setTimer(delayMs, () => void this.#renew(login))
  }

  /** Runs by itself: what goes wrong is tried again, or told to the next call that needs the login. */
  async #renew(login: Login): Promise<void> {
    if (this.#login !== login) return
    try {
      const renewed = login.renewable ? await this.#renewed(login) : undefined
      if (this.#login !== login) return
      if (renewed !== undefined) this.#keep(renewed)
      else if (this.#options.vault.appRole !== undefined) await this.#byAppRole(this.#options.vault.appRole)
    } catch (error) {
      this.#warn('The login at Vault could not be renewed.', error)
      this.#retry(login, error)
    }
  }

  #retry(login: Login, error: unknown): void {
    const leftMs = login.expiresAtMs - this.#options.clock.monotonicMs()
    if (this.#closed || leftMs <= 0 || !isNetPulseError(error) || !error.retryable) return
    this.#renewAfter(Math.max(leastPauseMs, Math.min(leftMs / 3, longestRetryMs)), login)
  }

  /** `undefined`: it cannot be renewed, or its end is near and another login is to be had. */
  async #renewed(login: Login): Promise<Omit<Login, 'expiresAtMs'> | undefined> {
    const answer = await this.#call({
      method: 'POST',
      path: ['auth', 'token', 'renew-self'],
      token: login.token,
      body: {},
    })
    if (answer.status === 400 || answer.status === 403) return undefined
    if (answer.status !== 200) throw failureOf(answer)
    const { ttlMs, renewable } = leaseOfAuth(answer)
    const nearEnd = ttlMs < login.ttlMs / 2
    if (nearEnd && this.#options.vault.appRole !== undefined) return undefined
    return { token: login.token, from: login.from, ttlMs, renewable: renewable && ttlMs > leastPauseMs }
  }

  #call(call: Omit<Parameters<VaultHttp['call']>[0], 'signal' | 'namespace'>, signal?: AbortSignal) {
    const { http, clock, vault } = this.#options
    const { namespace, timeoutMs } = vault
    const own = namespace === undefined ? {} : { namespace }
    return inTime(vaultLimit({ clock, timeoutMs, ...(signal === undefined ? {} : { signal }) }), (inner) =>
      http.call({ ...call, ...own, signal: inner }),
    )
  }

  #warn(message: string, error: unknown): void {
    this.#options.log.warn({ code: toErrorData(error).code, vault: this.#options.vault.address.host }, message)
  }
}
