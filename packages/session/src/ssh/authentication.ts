import type { AnyAuthMethod, KeyboardInteractiveAuthMethod } from 'ssh2'
import { driverError } from '@netpulse/driver-sdk'
import type { Endpoint } from '../tcp/endpoint.js'
import { KeyboardDialogue } from './keyboard-dialogue.js'
import { withoutSha1 } from './private-key.js'
import type { SshPrivateKey } from './private-key.js'
import type { SshEndpoint } from './ssh-target.js'

type Method = 'agent' | 'publickey' | 'password' | 'keyboard-interactive'

/** Methods as the protocol names them: an agent's keys are public keys to the server. */
const protocolName = (method: Method): string => (method === 'agent' ? 'publickey' : method)

/** What a login can use, in the order of trying: keys cost nothing when refused, a wrong password may lock an account. */
function methodsOf(login: SshEndpoint, key: SshPrivateKey | undefined): Method[] {
  const methods: Method[] = []
  if (key !== undefined) methods.push('publickey')
  if (login.agentSocket !== undefined) methods.push('agent')
  const byKeyboard = login.keyboardAnswers !== undefined && login.keyboardAnswers.length > 0
  if (byKeyboard) methods.push('keyboard-interactive')
  if (login.password !== undefined) methods.push('password')
  if (login.password !== undefined && !byKeyboard) methods.push('keyboard-interactive')
  return methods
}

/**
 * Chooses login methods for one connection (RFC 4252). It asks first what the server offers (`none`), tries each
 * method once, and sends the password once: a server that refused it by `password` is not asked again by
 * `keyboard-interactive`.
 */
export class Authentication {
  readonly #endpoint: Endpoint
  readonly #login: SshEndpoint
  readonly #key: SshPrivateKey | undefined
  readonly #left: Method[]
  readonly #fail: (error: Error) => void
  #offered: readonly string[] = []
  #current: Method | undefined
  readonly #tried: Method[] = []
  #agentTrouble = false
  /** The server takes an RSA key only with a SHA-1 signature, and that was not given. */
  #sha1Wanted = false

  constructor(endpoint: Endpoint, login: SshEndpoint, key: SshPrivateKey | undefined, fail: (error: Error) => void) {
    this.#endpoint = endpoint
    this.#login = login
    const old = login.legacyAlgorithms === true
    this.#key = key === undefined || old ? key : withoutSha1(key, () => (this.#sha1Wanted = true))
    this.#left = methodsOf(login, key)
    this.#fail = fail
  }

  /** Whether a credential has been sent, so that a refusal without words is still one of the login. */
  get hasTried(): boolean {
    return this.#tried.length > 0
  }

  /** The agent could not be asked, or would not sign; the other methods go on. */
  agentFailed(): void {
    this.#agentTrouble = true
  }

  /** The next method. `undefined`: the login has failed, and `fail` was told. */
  next(offered: readonly string[] | null, partialSuccess: boolean | null): AnyAuthMethod | undefined {
    if (offered === null) return { type: 'none', username: this.#login.username }
    this.#offered = offered
    if (this.#current === 'password' && partialSuccess !== true) this.#drop('keyboard-interactive')
    const index = this.#left.findIndex((method) => offered.includes(protocolName(method)))
    const method = this.#left[index]
    if (method === undefined) {
      this.#fail(this.refused())
      return undefined
    }
    this.#left.splice(index, 1)
    this.#tried.push(method)
    this.#current = method
    return this.#build(method)
  }

  /** AUTH_FAILED with what was tried and what the server offers. `reason` continues the sentence. */
  refused(reason?: string): Error {
    const tried = this.#tried.length === 0 ? 'nothing that was configured' : this.#tried.join(', ')
    const offers = this.#offered.length === 0 ? 'no method' : this.#offered.join(', ')
    const why = reason ?? `refused the login (tried: ${tried}; it offers: ${offers})`
    return driverError('AUTH_FAILED', `${this.#endpoint.title} ${why}, user ${this.#login.username}.${this.#hints()}`, {
      details: { ...this.#endpoint.details, offered: [...this.#offered], tried: [...this.#tried] },
    })
  }

  #hints(): string {
    const agent = this.#agentTrouble ? ' The SSH agent could not be used.' : ''
    const wantsSha1 = ' It takes the RSA key with a SHA-1 signature only: set `legacy_algorithms` for this device.'
    return this.#sha1Wanted ? `${agent}${wantsSha1}` : agent
  }

  #drop(method: Method): void {
    const index = this.#left.indexOf(method)
    if (index >= 0) this.#left.splice(index, 1)
  }

  #build(method: Method): AnyAuthMethod {
    const { username, password = '', agentSocket = '' } = this.#login
    switch (method) {
      case 'publickey':
        return { type: 'publickey', username, key: this.#key! }
      case 'agent':
        return { type: 'agent', username, agent: agentSocket }
      case 'password':
        return { type: 'password', username, password }
      case 'keyboard-interactive':
        return { type: 'keyboard-interactive', username, prompt: this.#prompter() }
    }
  }

  #prompter(): KeyboardInteractiveAuthMethod['prompt'] {
    const dialogue = new KeyboardDialogue(this.#login)
    return (...[, , , prompts, finish]) => {
      const reply = dialogue.reply(prompts)
      if ('answers' in reply) finish([...reply.answers])
      else this.#fail(this.refused(`${reply.reason}: ${JSON.stringify(reply.unanswered)}`))
    }
  }
}
