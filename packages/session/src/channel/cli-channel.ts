import { StringDecoder } from 'node:string_decoder'
import type { CancelTimer, Clock, NetPulseError } from '@netpulse/core'
import { coreError, isNetPulseError } from '@netpulse/core'
import { driverError } from '@netpulse/driver-sdk'
import type { ByteStream } from '../byte-stream.js'
import type { Answer, ChannelCall, ChannelPlatform } from './channel-call.js'
import { PromptFinder } from './prompt-finder.js'
import type { Ending } from './reading.js'
import { Reading } from './reading.js'
import { TerminalText } from './terminal-text.js'
import { shapeOf } from './text-shape.js'

/** How long a device gets to come back to its prompt after an interrupt. */
const recoveryMs = 1000

/** Pagers answered in a row without anything new from the device: more is a pattern that always matches. */
const mostPresses = 16

/** So many answers without an echo, and none with one, show a device that does not echo. */
const silentAnswers = 2

/** How a device's bytes are read as text. */
export type ChannelEncoding = 'utf-8' | 'latin1' | 'ascii'

export interface ChannelOptions {
  readonly platform: ChannelPlatform
  readonly clock: Clock
  /** @defaultValue utf-8 */
  readonly encoding?: ChannelEncoding
}

/** What the channel was doing when something happened. */
interface Exchange {
  reading: Reading
  readonly startedMs: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  readonly stopListening: () => void
  cancelDeadline: CancelTimer | undefined
  cancelQuiet: CancelTimer | undefined
  /** Set once the call has failed and only waits for the device to come to rest. */
  failure: unknown
}

/**
 * A conversation with a command line: writes an input, answers with what the device sent up to its prompt. Driven by
 * what arrives: an answer is complete the moment its prompt is there, and each piece costs no more than its own length.
 *
 * | state | means | leads to |
 * | --- | --- | --- |
 * | `opening` | nothing read yet | `prompt` `question` `unknown` `ended` |
 * | `prompt` | the device waits for an input | the same |
 * | `question` | a pattern of `until` ended the last answer; the device waits for something else | the same |
 * | `unknown` | after a timeout or an abort, without a prompt since | `ended` |
 * | `ended` | the stream is over | |
 *
 * One call at a time. What the device sends between calls (log messages) is dropped. After a timeout or an abort the
 * channel stays `doubtful` for good, also when the prompt came back: enough to leave config mode, never for another job.
 */
export class CliChannel {
  readonly #stream: ByteStream
  readonly #platform: ChannelPlatform
  readonly #clock: Clock
  readonly #decoder: StringDecoder
  readonly #text = new TerminalText()
  readonly #prompts: PromptFinder
  #state: 'opening' | 'prompt' | 'question' | 'unknown' | 'ended' = 'opening'
  #doubtful = false
  /** Answers without the echo that was waited for; `undefined` once an echo was seen. */
  #unechoed: number | undefined = 0
  #exchange: Exchange | undefined
  #checking = false
  #endError: Error | undefined
  #lostListeners: (() => void)[] = []

  constructor(stream: ByteStream, options: ChannelOptions) {
    this.#stream = stream
    this.#platform = options.platform
    this.#clock = options.clock
    this.#decoder = new StringDecoder(options.encoding ?? 'utf-8')
    this.#prompts = new PromptFinder(options.platform)
    stream.onData((bytes) => this.#receive(bytes))
    stream.onEnd((error) => this.#end(error))
  }

  /** The prompt that ended the last answer, with all its lines; `''` before the first. */
  get prompt(): string {
    return this.#prompts.last
  }

  /** The device waits for an input. */
  get atPrompt(): boolean {
    return this.#state === 'prompt' && this.#exchange === undefined
  }

  /** The device waits for something else than a command: an answer to what ended the last call. */
  get atQuestion(): boolean {
    return this.#state === 'question' && this.#exchange === undefined
  }

  /** A call has timed out or was aborted: the session must not serve another job. */
  get doubtful(): boolean {
    return this.#doubtful
  }

  /** Called once when the stream ends by itself. */
  onLost(listener: () => void): void {
    this.#lostListeners.push(listener)
  }

  /**
   * Writes a line and reads up to the prompt.
   * @throws READ_TIMEOUT, SESSION_LOST, ABORTED or the signal's reason, when that is an error of NetPulse
   */
  send(line: string, call: ChannelCall): Promise<Answer> {
    return this.#begin(line, call)
  }

  /**
   * Reads up to the prompt without writing: after the login.
   * @throws READ_TIMEOUT, SESSION_LOST, ABORTED
   */
  read(call: ChannelCall): Promise<Answer> {
    return this.#begin(undefined, call)
  }

  /** Writes a line and waits for nothing. */
  write(line: string, call: Pick<ChannelCall, 'onTraffic'>): void {
    this.#put(line + this.#platform.returnKey, call)
  }

  /** Ends the stream. A running call throws SESSION_LOST. Idempotent. */
  close(): void {
    this.#lostListeners = []
    this.#stream.close()
    this.#end()
  }

  #begin(line: string | undefined, call: ChannelCall): Promise<Answer> {
    if (this.#exchange !== undefined) throw new Error('CliChannel takes one call at a time')
    const refusal = this.#whyNot(call)
    if (refusal !== undefined) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const reading = new Reading(line, this.#withEcho(call), this.#platform, this.#prompts)
      if (line !== undefined) this.#text.clear(true)
      this.#exchange = this.#exchangeOf(reading, resolve, reject)
      if (line !== undefined) this.#put(line + this.#platform.returnKey, call)
      this.#checkSoon()
    })
  }

  /** Nothing to wait for on a device that does not echo. */
  #withEcho(call: ChannelCall): ChannelCall {
    const silent = this.#unechoed !== undefined && this.#unechoed >= silentAnswers
    return silent && call.echo !== 'only' ? { ...call, echo: 'never' } : call
  }

  #learn(echoed: boolean | undefined): void {
    if (echoed === true) this.#unechoed = undefined
    else if (echoed === false && this.#unechoed !== undefined) this.#unechoed += 1
  }

  #whyNot(call: ChannelCall): unknown {
    if (this.#state === 'ended') return this.#lost()
    if (call.signal.aborted) return reasonOf(call.signal)
    if (this.#state !== 'unknown') return undefined
    return driverError('SESSION_LOST', 'The session has not come back to a prompt since a command was given up.')
  }

  #exchangeOf(reading: Reading, resolve: Exchange['resolve'], reject: Exchange['reject']): Exchange {
    const { signal, timeoutMs } = reading.call
    const aborted = (): void => this.#giveUp(reasonOf(signal))
    signal.addEventListener('abort', aborted, { once: true })
    const expired = (): void => this.#giveUp(this.#timedOut(timeoutMs))
    return {
      reading,
      startedMs: this.#clock.monotonicMs(),
      resolve,
      reject,
      stopListening: () => signal.removeEventListener('abort', aborted),
      cancelDeadline: timeoutMs > 0 ? this.#clock.setTimer(timeoutMs, expired) : undefined,
      cancelQuiet: undefined,
      failure: undefined,
    }
  }

  #put(text: string, call: Pick<ChannelCall, 'onTraffic'>): void {
    call.onTraffic?.('sent', text)
    this.#stream.write(text)
  }

  #receive(bytes: Uint8Array): void {
    const piece = this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    const call = this.#exchange?.reading.call
    call?.onTraffic?.('received', piece)
    call?.onOutput?.(piece)
    this.#text.feed(piece)
    if (call !== undefined) this.#checkSoon()
    // What comes before the first call is the greeting; later it is noise, and no idle session keeps it.
    else if (this.#state !== 'opening') this.#text.clear()
  }

  /** After all pieces of one read from the network: a prompt in the middle of them is none. */
  #checkSoon(): void {
    if (this.#checking) return
    this.#checking = true
    queueMicrotask(() => {
      this.#checking = false
      if (this.#exchange !== undefined) this.#check(this.#exchange)
    })
  }

  #check(exchange: Exchange): void {
    exchange.cancelQuiet?.()
    exchange.cancelQuiet = undefined
    for (let presses = 0; presses < mostPresses; presses++) {
      const verdict = exchange.reading.judge(this.#text)
      if (verdict.type === 'end') return this.#finish(exchange, verdict.ending)
      if (verdict.type === 'end-if-quiet') {
        const { ending, afterMs } = verdict
        exchange.cancelQuiet = this.#clock.setTimer(afterMs, () => this.#finish(exchange, ending))
      }
      if (verdict.type !== 'press') return
      this.#put(verdict.keys, exchange.reading.call)
    }
  }

  #finish(exchange: Exchange, ending: Ending): void {
    const answer = exchange.reading.answer(this.#text, ending, this.#clock.monotonicMs() - exchange.startedMs)
    this.#state = ending.prompt === '' ? 'question' : 'prompt'
    if (ending.prompt !== '') this.#prompts.remember(ending.prompt)
    this.#learn(exchange.reading.echoed)
    this.#settle(exchange)
    if (exchange.failure === undefined) exchange.resolve(answer)
    else exchange.reject(exchange.failure)
  }

  /** A call has failed: the device is interrupted, and gets a moment to come back to its prompt. */
  #giveUp(failure: unknown): void {
    const exchange = this.#exchange
    if (exchange === undefined || exchange.failure !== undefined) return
    this.#doubtful = true
    exchange.failure = failure
    exchange.stopListening()
    exchange.cancelDeadline?.()
    const { interruptKey } = this.#platform
    if (interruptKey === undefined) return this.#abandon(exchange)
    const { call } = exchange.reading
    const rest: ChannelCall = { ...call, echo: 'none', timeoutMs: recoveryMs, answers: [] }
    exchange.reading = new Reading(interruptKey, withoutPatterns(rest), this.#platform, this.#prompts)
    exchange.cancelDeadline = this.#clock.setTimer(recoveryMs, () => this.#abandon(exchange))
    this.#text.clear()
    this.#put(interruptKey, call)
    this.#checkSoon()
  }

  #abandon(exchange: Exchange): void {
    this.#state = 'unknown'
    this.#settle(exchange)
    exchange.reject(exchange.failure)
  }

  /** Leaves nothing behind: no timer, no listener, no text. */
  #settle(exchange: Exchange): void {
    exchange.cancelDeadline?.()
    exchange.cancelQuiet?.()
    exchange.stopListening()
    this.#exchange = undefined
    this.#text.clear()
  }

  #end(error?: Error): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#endError = error
    const exchange = this.#exchange
    if (exchange !== undefined) {
      this.#settle(exchange)
      exchange.reject(exchange.failure ?? this.#lost())
    }
    const listeners = this.#lostListeners
    this.#lostListeners = []
    for (const listener of listeners) listener()
  }

  #timedOut(timeoutMs: number): NetPulseError {
    const tail = this.#text.row
    return driverError('READ_TIMEOUT', `No prompt within ${timeoutMs / 1000} s; the session is closed.`, {
      details: { timeoutSeconds: timeoutMs / 1000, tailShape: shapeOf(tail) },
    })
  }

  #lost(): NetPulseError {
    return driverError('SESSION_LOST', 'The device has closed the connection.', { cause: this.#endError })
  }
}

function withoutPatterns(call: ChannelCall): ChannelCall {
  const { until: _until, ...rest } = call
  return rest
}

/** An abort says why when its reason is an error of ours; else the call was just ended. */
function reasonOf(signal: AbortSignal): unknown {
  if (isNetPulseError(signal.reason)) return signal.reason
  return coreError('ABORTED', 'The call was ended by its caller.', { cause: signal.reason })
}
