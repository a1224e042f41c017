import type { Duplex } from 'node:stream'
import { coreError } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import type { HostKey, PinnedHostKey } from '@netpulse/driver-sdk'
import ssh2 from 'ssh2'
import type { Client, ConnectConfig, NegotiatedAlgorithms } from 'ssh2'
import type { HostKeyCheck } from '../host-keys/host-key-check.js'
import type { Endpoint } from '../tcp/endpoint.js'
import { Authentication } from './authentication.js'
import type { SshPrivateKey } from './private-key.js'
import { ServerHello } from './server-hello.js'
import { offeredAlgorithms } from './ssh-algorithms.js'
import type { SshHopInfo } from './ssh-connection.js'
import { handshakeError, isLoginRefusal, lostError } from './ssh-errors.js'
import type { TransportError } from './ssh-errors.js'
import type { SshHopPlan } from './ssh-hop-plan.js'

/** What a hop tells to the connection that it belongs to. */
export interface SshHopListener {
  onHandshake(): void
  onReady(): void
  /** The hop is of no more use; called once. */
  onFailure(error: Error): void
}

export interface SshHopParts {
  readonly plan: SshHopPlan
  readonly check: HostKeyCheck
  readonly pinned: PinnedHostKey | undefined
  readonly key: SshPrivateKey | undefined
}

/** Errors of ssh2 after which it goes on with the next key or method by itself. */
const passing = new Set(['agent', 'client-authentication'])

/**
 * One SSH connection of a chain.
 *
 * | stage | ends by | an error there is |
 * |---|---|---|
 * | handshake | first key exchange done | CONNECT_FAILED, ALGORITHM_MISMATCH, HOST_KEY_* |
 * | login | login accepted | AUTH_FAILED, HOST_KEY_CHANGED, SESSION_LOST |
 * | ready | the server or the network | SESSION_LOST |
 * | ended | | nothing: what comes later is the echo of the end |
 */
export class SshHop {
  readonly client: Client = new ssh2.Client()
  readonly plan: SshHopPlan
  readonly #listener: SshHopListener
  readonly #check: HostKeyCheck
  #stage: 'handshake' | 'login' | 'ready' | 'ended' = 'handshake'
  /** Gone once the hop is ready: it holds the credentials. */
  #authentication: Authentication | undefined
  #hello: ServerHello | undefined = new ServerHello()
  #ident = ''
  #negotiated: NegotiatedAlgorithms | undefined

  /** @throws INVALID_INPUT for an algorithm that NetPulse does not know */
  constructor(parts: SshHopParts, socket: Duplex, listener: SshHopListener) {
    this.plan = parts.plan
    this.#listener = listener
    this.#check = parts.check
    const { endpoint, login } = parts.plan
    this.#authentication = new Authentication(endpoint, login, parts.key, (error) => this.#fail(error))
    this.client
      .on('handshake', (negotiated) => this.#onHandshake(negotiated))
      .on('ready', () => this.#onReady())
      .on('error', (error) => this.#onError(error as TransportError))
      .on('change password', () => this.#onPasswordChange())
      .on('end', () => this.#onEnd())
      .on('close', () => this.#onEnd())
    this.#connect(parts, socket)
  }

  /** What was negotiated; complete once the hop is ready. */
  get info(): SshHopInfo {
    const { kex = '', serverHostKey = '', cs } = this.#negotiated ?? {}
    const { cipher = '', mac = '', compress = 'none' } = cs ?? {}
    return {
      address: this.plan.endpoint.address,
      remoteIdent: this.#ident,
      hostKey: this.#check.seen as HostKey,
      algorithms: { kex, hostKey: serverHostKey, cipher, mac, compression: compress },
    }
  }

  /** Says goodbye to the server. */
  end(): void {
    this.#stage = 'ended'
    this.client.end()
  }

  #connect(parts: SshHopParts, socket: Duplex): void {
    const { login, keepaliveIntervalMs, keepaliveMaxMisses } = parts.plan
    const config = {
      sock: socket,
      username: login.username,
      algorithms: offeredAlgorithms(login, parts.pinned?.type),
      readyTimeout: 0, // the connection has a limit for each stage
      keepaliveInterval: keepaliveIntervalMs,
      keepaliveCountMax: keepaliveMaxMisses,
      hostVerifier: (blob: Buffer) => this.#acceptsHostKey(blob),
      authHandler: this.#chooseMethod,
    }
    try {
      this.client.connect(config as ConnectConfig)
    } catch (error) {
      throw configError(error as Error, parts.plan.endpoint)
    }
    this.#readHello(socket)
  }

  /** ssh2 keeps the socket paused at first, so nothing is missed and nothing flows too early. */
  #readHello(socket: Duplex): void {
    const onData = (chunk: Uint8Array): void => {
      if (this.#hello?.read(chunk) !== false) socket.off('data', onData)
    }
    socket.on('data', onData)
  }

  #acceptsHostKey(blob: Buffer): boolean {
    const refusal = this.#check.refusal(blob)
    if (refusal !== undefined) this.#fail(refusal)
    return refusal === undefined
  }

  /** ssh2 asks for a login method: first with nothing offered, then after each refusal. */
  readonly #chooseMethod = (
    offered: readonly string[] | null,
    partialSuccess: boolean | null,
    next: (method: object) => void,
  ): object | undefined => {
    if (offered !== null) return this.#authentication?.next(offered, partialSuccess)
    this.#check.trust().then(
      () => {
        const method = this.#stage === 'login' ? this.#authentication?.next(null, null) : undefined
        if (method !== undefined) next(method)
      },
      (error: unknown) => this.#fail(error as Error),
    )
    return undefined
  }

  #onHandshake(negotiated: NegotiatedAlgorithms): void {
    if (this.#stage !== 'handshake') return // a later key exchange of the same connection
    this.#stage = 'login'
    this.#negotiated = negotiated
    this.#ident = this.#hello?.ident ?? ''
    this.#hello = undefined
    this.#listener.onHandshake()
  }

  #onReady(): void {
    if (this.#stage !== 'login') return
    this.#stage = 'ready'
    this.#authentication = undefined
    this.#listener.onReady()
  }

  #onPasswordChange(): void {
    const error = this.#authentication?.refused('accepts the password only to have it changed: it has expired')
    if (error !== undefined) this.#fail(error)
  }

  #onError(error: TransportError): void {
    if (this.#stage === 'login' && passing.has(error.level ?? '')) {
      if (error.level === 'agent') this.#authentication?.agentFailed()
      return
    }
    this.#fail(this.#errorOf(error))
  }

  #onEnd(): void {
    this.#fail(this.#errorOf(undefined))
  }

  #errorOf(error: TransportError | undefined): Error {
    const { endpoint } = this.plan
    if (this.#stage === 'handshake') return handshakeError(endpoint, error, this.#hello?.offer)
    const authentication = this.#authentication
    if (this.#stage !== 'login' || authentication === undefined) return lostError(endpoint, error)
    if (isLoginRefusal(error)) return authentication.refused()
    // Closed instead of an answer to a credential: to try again could lock the account.
    if (authentication.hasTried) return authentication.refused('closed the connection instead of answering the login')
    return driverError('CONNECT_FAILED', `${endpoint.title} closed the connection before the login.`, {
      details: { ...endpoint.details, reason: 'CLOSED' },
      ...(error === undefined ? {} : { cause: error }),
    })
  }

  #fail(error: Error): void {
    if (this.#stage === 'ended') return
    this.#stage = 'ended'
    this.#authentication = undefined
    this.#listener.onFailure(error)
  }
}

/** ssh2 checks the names of algorithms itself. */
function configError(error: Error, { title, requestPath }: Endpoint): Error {
  const name = /^Unsupported algorithm: (.*)$/.exec(error.message)?.[1]
  if (name === undefined) return error
  return coreError('INVALID_INPUT', `${title}: the SSH algorithm ${JSON.stringify(name)} is not known.`, {
    details: { errors: [{ path: `${requestPath}.algorithms`, message: `unknown algorithm ${name}` }] },
  })
}
