import type { CancelTimer, Clock } from '@netpulse/core'
import type { Answer, CliSession, LineKind, Question } from '../cli/cli-session.js'
import type { Fault, FaultPlan } from '../device/faults.js'
import type { DeviceScript, ScriptContext } from '../device/script.js'
import type { SeenLine } from '../device/statistics.js'
import type { Behaviour } from '../spec.js'
import { Chatter, colourLines, colourPrompt } from './decoration.js'
import { EchoWriter } from './echo-writer.js'
import { LineReader } from './line-reader.js'
import type { TerminalLink } from './link.js'
import { Output } from './output.js'
import { PausedOutput } from './pager.js'

/** The device as its terminals see it. Read anew at each line: it may change while they run. */
export interface ShellHost {
  readonly name: string
  readonly clock: Clock
  readonly behaviour: Behaviour
  readonly faults: FaultPlan
  readonly script: DeviceScript | undefined
  sawLine(seen: SeenLine): void
  refusedLine(): void
}

export interface ShellLogin {
  readonly user: string
  readonly session: number
  /** Printed before the first prompt, `\n` line ends. */
  readonly motd: string
}

/**
 * A terminal with a device's command line behind it: echo, pager, timing, faults and scripts around a `CliSession`.
 *
 * | state | input | next |
 * |---|---|---|
 * | starting | kept | reading, after the login delay |
 * | reading | a line | busy while the device thinks or a script runs, else paging or reading |
 * | busy | Ctrl-C: the line is given up; other input is kept | reading, when the answer is there |
 * | paging | blank, return, `q`; other keys are ignored | reading, after the last line |
 * | hung | nothing is read; Ctrl-C only when the fault is interruptible | reading, after that Ctrl-C |
 * | ended | ignored | |
 */
export class Shell {
  readonly #cli: CliSession
  readonly #host: ShellHost
  readonly #login: ShellLogin
  readonly #link: TerminalLink
  readonly #output: Output
  readonly #reader = new LineReader()
  readonly #echo: EchoWriter
  readonly #chatter = new Chatter()
  #state: 'starting' | 'reading' | 'busy' | 'paging' | 'hung' | 'ended' = 'starting'
  #question: Question | undefined
  #paused: PausedOutput | undefined
  #afterPages: (() => void) | undefined
  #cancelThinking: CancelTimer | undefined
  #configLines = 0
  /** Grows when an answer is no longer wanted: a late promise of a script must not print into the next one. */
  #turn = 0
  #frozen = false
  #held = ''
  #interruptible = false

  constructor(cli: CliSession, host: ShellHost, login: ShellLogin, link: TerminalLink) {
    this.#cli = cli
    this.#host = host
    this.#login = login
    this.#link = link
    this.#output = new Output(link, host.clock)
    this.#echo = new EchoWriter((text) => this.#output.print(text))
  }

  /** Prints the message of the day and the first prompt. */
  start(): void {
    this.#after(this.#host.behaviour.loginDelayMs ?? 0, () => {
      this.#state = 'reading'
      this.#output.print(this.#login.motd.replaceAll('\n', '\r\n'))
      this.#prompt()
      this.#drain()
    })
  }

  /** Takes what the client typed. */
  receive(text: string): void {
    if (this.#state === 'ended') return
    if (this.#frozen) {
      this.#held += text
      return
    }
    const interrupts = text.includes('\x03')
    if (interrupts && (this.#state === 'busy' || (this.#state === 'hung' && this.#interruptible))) {
      this.#interrupt()
      return
    }
    this.#reader.push(text)
    this.#drain()
  }

  /** Prints text at once, whatever the session does: a log message. `\n` line ends. */
  announce(text: string): void {
    if (this.#state === 'ended') return
    const prompt = this.#state === 'reading' ? this.#promptText() : ''
    this.#output.print(`\r\n${text.trimEnd().replaceAll('\n', '\r\n')}\r\n${prompt}`)
    this.#flush()
  }

  /** Neither reads nor writes until `thaw`. */
  freeze(): void {
    this.#frozen = true
    this.#output.freeze()
  }

  thaw(): void {
    this.#frozen = false
    this.#output.thaw()
    const held = this.#held
    this.#held = ''
    if (held !== '') this.receive(held)
  }

  /** The connection is gone. */
  end(): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#turn++
    this.#cancelThinking?.()
    this.#cli.close()
  }

  #drain(): void {
    while (this.#state === 'reading' || this.#state === 'paging') {
      if (!(this.#state === 'paging' ? this.#pressKey() : this.#readOne())) break
    }
    this.#flush()
  }

  #readOne(): boolean {
    if (this.#cli.key !== undefined && this.#tryKey(this.#cli.key.bind(this.#cli))) return true
    const input = this.#reader.next(this.#echo)
    if (input === undefined) return false
    if (input.type === 'line') this.#take(input.text)
    else if (input.type === 'end') this.#complete(this.#cli.endKey?.() ?? { output: '' }, true)
    else if (input.type === 'hangup') this.#close()
    else this.#interrupt()
    return true
  }

  #tryKey(special: (key: string) => Answer | undefined): boolean {
    const key = this.#reader.takeKey()
    if (key === undefined) return false
    const answer = special(key)
    if (answer === undefined) this.#reader.putBack(key)
    else this.#complete(answer)
    return answer !== undefined
  }

  #take(text: string): void {
    const question = this.#question
    this.#question = undefined
    if (question !== undefined) this.#complete(question.answer(text))
    else this.#takeLine(text)
  }

  #takeLine(line: string): void {
    const kind = this.#cli.kindOf(line)
    if (line.trim() !== '') this.#count(line, kind)
    const fault = this.#host.faults.isEmpty ? undefined : this.#host.faults.takeForLine(line, kind, this.#configLines)
    const context = this.#context(line, kind)
    if (kind === 'config') this.#configLines++
    if (fault?.applied === false) return this.#strike(fault, undefined)
    this.#after(this.#host.behaviour.thinkTimeMs ?? 0, () => this.#answer(line, context, fault))
  }

  #count(line: string, kind: LineKind): void {
    const { user, session } = this.#login
    this.#host.sawLine({ line: line.trim(), kind, mode: this.#cli.mode, session, user })
  }

  #context(line: string, kind: LineKind): ScriptContext {
    const { user, session } = this.#login
    return {
      device: this.#host.name,
      user,
      session,
      mode: this.#cli.mode,
      kind,
      configLinesBefore: this.#configLines,
      write: (text) => {
        this.#output.print(text)
        this.#flush()
      },
      answer: () => this.#fromDialect(line),
      close: () => this.#close(),
    }
  }

  #answer(line: string, context: ScriptContext, fault: Fault | undefined): void {
    const scripted = this.#host.script?.onLine?.(line, context)
    if (scripted instanceof Promise) return this.#await(scripted, line, fault)
    this.#finish(scripted, line, fault)
  }

  #await(scripted: Promise<string | Answer | undefined>, line: string, fault: Fault | undefined): void {
    const turn = ++this.#turn
    this.#state = 'busy'
    const go = (answer: string | Answer | undefined): void => {
      if (turn !== this.#turn) return
      this.#state = 'reading'
      this.#finish(answer, line, fault)
      this.#drain()
    }
    // A script that fails is a bug of its author: it must be seen, so nothing catches it.
    void scripted.then(go)
    this.#flush()
  }

  #finish(scripted: string | Answer | undefined, line: string, fault: Fault | undefined): void {
    if (this.#isEnded()) return
    const answer = typeof scripted === 'string' ? { output: scripted } : (scripted ?? this.#fromDialect(line))
    if (answer.refused === true) this.#host.refusedLine()
    if (fault === undefined) this.#complete(answer)
    else this.#strike(fault, answer)
  }

  #fromDialect(line: string): Answer {
    const { refuse } = this.#host.behaviour
    const isRefused = refuse !== undefined && refuse.some((pattern) => pattern.test(line.trim()))
    return isRefused ? this.#cli.refuse(line) : this.#cli.input(line)
  }

  /** Prints the answer and whatever follows it: a question, the prompt, the end. */
  #complete(answer: Answer, startsLine = false): void {
    if (this.#isEnded()) return
    if (startsLine) this.#output.print('\r\n')
    if (answer.verbatim === true) {
      this.#output.printBytes(answer.output, this.#host.behaviour.chunks)
      return this.#conclude(answer)
    }
    const text = this.#body(answer)
    const rows = this.#host.behaviour.pager === false ? 0 : this.#cli.screen.rows
    if (rows > 0 && countLines(text) > rows - 1) return this.#page(text, rows, () => this.#conclude(answer))
    this.#output.print(text)
    this.#conclude(answer)
  }

  #body(answer: Answer): string {
    if (answer.output === '' && answer.errorOutput === undefined) return ''
    if (answer.verbatim === true) return Buffer.from(answer.output, 'latin1').toString()
    const { chatter, ansi } = this.#host.behaviour
    const plain = this.#chatter.into(`${answer.output}${answer.errorOutput ?? ''}`, chatter)
    const text = plain.replaceAll('\n', '\r\n')
    return ansi === true ? colourLines(text) : text
  }

  #conclude(answer: Answer): void {
    if (answer.close === true) return this.#close()
    this.#question = answer.ask
    if (answer.ask === undefined) this.#prompt(answer.verbatim === true)
    else this.#ask(answer.ask)
  }

  #ask(question: Question): void {
    this.#output.print(question.prompt.replaceAll('\n', '\r\n'))
    this.#beginInput(question.prompt, question.hidden === true)
  }

  #prompt(isPrinted = false): void {
    const prompt = this.#promptText()
    if (!isPrinted) {
      this.#output.print(prompt)
      this.#output.print(this.#chatter.after(prompt, this.#host.behaviour.chatter))
    }
    this.#beginInput(prompt, false)
  }

  #promptText(): string {
    const prompt = this.#cli.prompt().replaceAll('\n', '\r\n')
    return this.#host.behaviour.ansi === true ? colourPrompt(prompt) : prompt
  }

  #beginInput(prompt: string, hidden: boolean): void {
    const { echo, wrapColumn = 0, wrapStyle = 'readline' } = this.#host.behaviour
    const isSilent = echo === false || this.#cli.echoesItself === true
    const visible = isSilent ? 'off' : hidden ? 'line-end' : 'all'
    this.#echo.begin(prompt.length - prompt.lastIndexOf('\n') - 1, { visible, wrapColumn, wrapStyle })
  }

  #page(text: string, rows: number, then: () => void): void {
    this.#paused = new PausedOutput(text, rows, this.#cli.pager)
    this.#afterPages = then
    this.#state = 'paging'
    this.#output.print(this.#paused.page() + this.#paused.style.text)
  }

  #pressKey(): boolean {
    const key = this.#reader.takeKey()
    const paused = this.#paused
    if (key === undefined || paused === undefined) return false
    const more = paused.press(key)
    if (more === undefined) return true
    this.#output.print(paused.style.erase + more)
    if (!paused.isDone) this.#output.print(paused.style.text)
    else this.#endPages()
    return true
  }

  #endPages(): void {
    this.#paused = undefined
    this.#state = 'reading'
    this.#afterPages?.()
    this.#afterPages = undefined
  }

  #interrupt(): void {
    this.#turn++
    this.#cancelThinking?.()
    this.#cancelThinking = undefined
    this.#reader.clear()
    this.#question = undefined
    this.#state = 'reading'
    this.#output.print('^C\r\n')
    this.#prompt()
    this.#flush()
  }

  /** The fault strikes: some bytes of the answer, then silence or the end. */
  #strike(fault: Fault, answer: Answer | undefined): void {
    if (answer !== undefined) this.#output.print(this.#body(answer))
    this.#output.flushBytes(fault.afterBytes ?? 0, this.#host.behaviour.chunks)
    if (fault.action === 'hang') {
      this.#state = 'hung'
      this.#interruptible = fault.interruptible === true
      return
    }
    this.#output.whenSent(() => (fault.action === 'reset' ? this.#link.reset() : this.#link.end()))
    this.end()
  }

  #close(): void {
    this.#flush()
    this.#output.whenSent(() => this.#link.end())
    this.end()
  }

  /** Runs at once, or after a time in which the session is busy. */
  #after(delayMs: number, run: () => void): void {
    if (delayMs <= 0) return run()
    this.#flush()
    if (this.#state === 'reading') this.#state = 'busy'
    this.#cancelThinking = this.#host.clock.setTimer(delayMs, () => {
      this.#cancelThinking = undefined
      if (this.#state === 'busy') this.#state = 'reading'
      run()
      this.#drain()
    })
  }

  #flush(): void {
    this.#output.flush(this.#host.behaviour.chunks)
  }

  #isEnded(): boolean {
    return this.#state === 'ended'
  }
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
