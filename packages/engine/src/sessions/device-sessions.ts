import type { Clock, SessionKey } from '@netpulse/core'
import type { CallContext, Session } from '@netpulse/driver-sdk'
import type { Observe } from '../observer.js'
import { limited } from '../run/limited.js'
import type { LendSession, LentSession } from './lent-session.js'
import type { SessionOpener } from './session-opener.js'
import type { SessionSpec } from './session-spec.js'

const probeTimeoutMs = 10_000

export interface DeviceSessionsOptions {
  readonly opener: SessionOpener
  readonly clock: Clock
  readonly observe: Observe
  /** Sessions that one device may have at once. */
  readonly limit: number
  readonly probeAfterMs: number
  readonly idleTimeoutMs: number
  /** A kept session is gone by itself: the device hung up. */
  readonly onGone: () => void
}

interface KeptSession {
  readonly key: SessionKey
  readonly session: Session
  readonly idleTimeoutMs: number
  idleSinceMs: number
}

/**
 * The sessions of one device. A session serves only jobs of its own key, one at a time; it is probed after a pause,
 * and closed when idle too long, when it makes room for another key, and after any doubt.
 */
export class DeviceSessions {
  readonly #options: DeviceSessionsOptions
  /** Idle ones, least recently used first. */
  readonly #kept = new Map<SessionKey, KeptSession>()
  readonly #lent = new Set<Session>()

  constructor(options: DeviceSessionsOptions) {
    this.#options = options
  }

  /** Open sessions, idle and lent. */
  get size(): number {
    return this.#kept.size + this.#lent.size
  }

  /** A kept session of the same key, or a new one that is kept afterwards. */
  readonly lend: LendSession = async (spec, context, mayOpen) => {
    const kept = await this.#reuse(spec, context)
    if (kept !== undefined) {
      this.#options.observe({ type: 'session_reused', driver: spec.driver.name })
      return this.#lentOf(spec, kept, true)
    }
    const session = await this.#open(spec, context, mayOpen)
    return this.#lentOf(spec, session, false)
  }

  /** A new session that is closed afterwards. */
  readonly lendOnce: LendSession = async (spec, context, mayOpen) => {
    const session = await this.#open(spec, context, mayOpen)
    return { session, reused: false, giveBack: () => this.#close(session) }
  }

  /** Closes what idled too long. Answers with the milliseconds until the next one is due; `undefined`: none is kept. */
  async closeIdle(): Promise<number | undefined> {
    const nowMs = this.#options.clock.monotonicMs()
    const due = (kept: KeptSession): number => kept.idleSinceMs + kept.idleTimeoutMs - nowMs
    await this.#closeKept([...this.#kept.values()].filter((kept) => due(kept) <= 0))
    const rest = [...this.#kept.values()].map(due)
    return rest.length === 0 ? undefined : Math.max(0, Math.min(...rest))
  }

  /** Cuts every connection, what is lent too, before another word is said. `closeAll` is to follow. */
  abandonAll(): void {
    for (const session of [...[...this.#kept.values()].map((kept) => kept.session), ...this.#lent]) session.abandon?.()
  }

  /** Closes everything, what is lent too: its job gets SESSION_LOST or whatever its driver makes of that. */
  async closeAll(): Promise<void> {
    const lent = [...this.#lent]
    await Promise.all([this.#closeKept([...this.#kept.values()]), ...lent.map((one) => this.#close(one))])
  }

  async #reuse(spec: SessionSpec, context: CallContext): Promise<Session | undefined> {
    const kept = this.#kept.get(spec.key)
    if (kept === undefined) return undefined
    // Out of the pool before anything is awaited: nobody else may get it, and a failed probe does not put it back.
    this.#kept.delete(spec.key)
    this.#lent.add(kept.session)
    if (kept.session.usable && (await this.#answers(kept, spec, context))) return kept.session
    await this.#close(kept.session)
    context.signal.throwIfAborted()
    return undefined
  }

  async #answers({ session, idleSinceMs }: KeptSession, spec: SessionSpec, context: CallContext): Promise<boolean> {
    const { clock, probeAfterMs, observe } = this.#options
    if (clock.monotonicMs() - idleSinceMs < probeAfterMs) return true
    const answered = await this.#probe(session, context)
    observe({ type: 'session_probed', driver: spec.driver.name, answered })
    return answered
  }

  async #probe(session: Session, context: CallContext): Promise<boolean> {
    const limit = { clock: this.#options.clock, timeoutMs: probeTimeoutMs, signal: context.signal }
    try {
      await limited(limit, (signal) => session.probe({ ...context, signal }))
      return session.usable
    } catch {
      // Why a probe failed does not matter: a new session shows what is wrong with the device.
      return false
    }
  }

  async #open(spec: SessionSpec, context: CallContext, mayOpen: () => void): Promise<Session> {
    const { opener, limit } = this.#options
    const surplus = this.size - limit + 1
    if (surplus > 0) await this.#closeKept([...this.#kept.values()].slice(0, surplus))
    const session = await opener.open(spec, context, mayOpen)
    this.#lent.add(session)
    return session
  }

  #lentOf(spec: SessionSpec, session: Session, reused: boolean): LentSession {
    if (!reused) session.onLost(() => this.#lost(spec, session))
    const giveBack = async (keep: boolean): Promise<void> => {
      if (keep && session.usable && this.#lent.has(session)) this.#keep(spec, session)
      else await this.#close(session)
    }
    return { session, reused, giveBack }
  }

  #keep(spec: SessionSpec, session: Session): void {
    const { clock, idleTimeoutMs } = this.#options
    const { keepalive } = spec.connection
    const asked = typeof keepalive === 'number' ? keepalive * 1000 : 0
    this.#lent.delete(session)
    this.#kept.set(spec.key, {
      key: spec.key,
      session,
      idleTimeoutMs: Math.max(asked, idleTimeoutMs),
      idleSinceMs: clock.monotonicMs(),
    })
  }

  #lost({ key, driver }: SessionSpec, session: Session): void {
    this.#options.observe({ type: 'session_lost', driver: driver.name })
    const kept = this.#kept.get(key)
    if (kept?.session !== session) return
    void this.#closeKept([kept]).then(this.#options.onGone)
  }

  async #closeKept(all: readonly KeptSession[]): Promise<void> {
    for (const { key, session } of all) {
      this.#kept.delete(key)
      this.#lent.add(session)
    }
    await Promise.all(all.map(({ session }) => this.#close(session)))
  }

  /** A session counts as open until it is closed: the limit holds for the device, not for our books. */
  async #close(session: Session): Promise<void> {
    await this.#options.opener.close(session)
    this.#lent.delete(session)
  }
}
