import type { CommandFailure } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import type { CallContext, Reply } from '@netpulse/driver-sdk'

/** What a device does when it gets an input; without a rule it accepts. */
export type Behaviour =
  | { readonly do: 'refuse'; readonly failure?: CommandFailure }
  /** Hangs up. */
  | { readonly do: 'lose' }
  /** Does not answer, or prints a text over and over; the driver obeys its signal. `usable`: the session is at a prompt again afterwards. */
  | { readonly do: 'hang'; readonly usable?: boolean; readonly prints?: string }
  /** Does not answer, and the driver does not look at its signal. */
  | { readonly do: 'ignore' }
  /** The driver has a bug. */
  | { readonly do: 'bug'; readonly text?: string }
  /** Answers when told to. */
  | { readonly do: 'wait'; readonly until: Promise<void> }
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'throw'; readonly error: Error }

const refusal: CommandFailure = { kind: 'invalid_input', message: '% Invalid input detected' }

/** A device in memory, and everything that was done to it. */
export class ScriptedDevice {
  readonly host: string
  /** Every input in the order in which it came, with the login that sent it. */
  readonly inputs: string[] = []
  /** Config lines in force. */
  readonly running: string[] = []
  candidate: string[] = []
  saved: readonly string[] = []
  opened = 0
  open = 0
  mostOpen = 0
  probes = 0
  hasCandidate = false
  hasSave = true
  hasConfig = true
  readonly #rules = new Map<string, Behaviour[]>()
  readonly #waiting: { readonly input: string; readonly seen: () => void }[] = []
  readonly #hangUps = new Set<() => void>()

  constructor(host: string) {
    this.host = host
  }

  /** Sets what happens at an input, once per behaviour given, the last one for good. */
  on(input: string, ...behaviours: Behaviour[]): this {
    this.#rules.set(input, behaviours)
    return this
  }

  /** Resolves when the input has come. */
  seen(input: string): Promise<void> {
    if (this.inputs.some((one) => one.endsWith(`:${input}`))) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ input, seen: resolve }))
  }

  /** Cuts every open session. */
  hangUp(): void {
    for (const cut of [...this.#hangUps]) cut()
  }

  onHangUp(cut: () => void): () => void {
    this.#hangUps.add(cut)
    return () => this.#hangUps.delete(cut)
  }

  /** @throws what the behaviour says */
  async answer(user: string, input: string, context: CallContext, lost: (usable: boolean) => void): Promise<Reply> {
    this.inputs.push(`${user}:${input}`)
    context.onTraffic?.('sent', `${input}\n`)
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.input === input) waiting.seen()
      else this.#waiting.push(waiting)
    }
    const rules = this.#rules.get(input)
    const rule = rules !== undefined && rules.length > 1 ? rules.shift() : rules?.[0]
    const reply = await this.#behave(rule, { user, input, context, lost })
    context.onTraffic?.('received', `${reply.output}\n${this.host}#`)
    context.onOutput?.(`${reply.output}\n`)
    return reply
  }

  async #behave(
    rule: Behaviour | undefined,
    call: { user: string; input: string; context: CallContext; lost: (usable: boolean) => void },
  ): Promise<Reply> {
    const { user, input, context } = call
    const said = { input, output: `${this.host}/${user} ${input}`, failure: null, elapsedMs: 1 }
    if (rule === undefined) return said
    switch (rule.do) {
      case 'say':
        return { ...said, output: rule.text }
      case 'refuse':
        return { ...said, failure: rule.failure ?? refusal }
      case 'wait':
        await Promise.race([rule.until, aborted(context.signal, () => call.lost(false))])
        return said
      case 'hang':
        void flood(rule.prints, context)
        return aborted(context.signal, () => call.lost(rule.usable === true))
      case 'ignore':
        return new Promise(() => undefined)
      case 'lose':
        call.lost(false)
        throw driverError('SESSION_LOST', `${this.host} hung up.`)
      case 'bug':
        throw new TypeError(rule.text ?? 'cannot read properties of undefined')
      case 'throw':
        throw rule.error
    }
  }
}

async function flood(text: string | undefined, { signal, onOutput }: CallContext): Promise<void> {
  while (text !== undefined && !signal.aborted) {
    onOutput?.(text)
    await Promise.resolve()
  }
}

function aborted(signal: AbortSignal, before: () => void): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      before()
      reject(signal.reason as Error)
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
