import { StringDecoder } from 'node:string_decoder'
import type { LoginDialogueText, Screen } from '../cli/cli-session.js'
import { EchoWriter } from '../terminal/echo-writer.js'
import { LineReader } from '../terminal/line-reader.js'
import type { Shell } from '../terminal/shell.js'
import type { Connection } from './connection.js'
import type { Account, EndpointHost } from './endpoint-host.js'
import { TelnetDecoder, telnetEscape, telnetGreeting } from './telnet-codec.js'

const tries = 3

/** Starts telnet on an accepted connection: negotiation, login dialogue, shell. */
export function acceptTelnet(host: EndpointHost, connection: Connection, dialogue: LoginDialogueText): void {
  new TelnetLogin(host, connection, dialogue).start()
}

class TelnetLogin {
  readonly #host: EndpointHost
  readonly #connection: Connection
  readonly #dialogue: LoginDialogueText
  readonly #screen: Screen = { rows: 24, columns: 80 }
  readonly #reader = new LineReader()
  readonly #echo: EchoWriter
  #username: string | undefined
  #failures = 0
  #awaitsLineFeed = false
  #shell: Shell | undefined

  constructor(host: EndpointHost, connection: Connection, dialogue: LoginDialogueText) {
    this.#host = host
    this.#connection = connection
    this.#dialogue = dialogue
    this.#echo = new EchoWriter((text) => this.#print(text))
  }

  start(): void {
    const { socket } = this.#connection
    const decoder = new StringDecoder('utf8')
    const telnet = new TelnetDecoder({
      reply: (bytes) => void socket.write(bytes),
      windowSize: (columns, rows) => this.#resize(columns, rows),
    })
    socket.write(telnetGreeting)
    const { banner } = this.#host.spec
    this.#print(banner === undefined ? '' : `${banner.trimEnd().replaceAll('\n', '\r\n')}\r\n`)
    this.#ask()
    socket.on('data', (bytes) => this.#receive(decoder.write(telnet.decode(bytes))))
    socket.on('close', () => {
      if (this.#shell !== undefined) this.#connection.removeShell(this.#shell)
    })
  }

  #resize(columns: number, rows: number): void {
    if (this.#screen.rows > 0 && rows > 0) this.#screen.rows = rows
    if (columns > 0) this.#screen.columns = columns
  }

  #receive(text: string): void {
    if (this.#shell !== undefined) return this.#pass(text)
    this.#reader.push(text)
    for (;;) {
      const input = this.#reader.next(this.#echo)
      if (input === undefined) return
      if (input.type === 'line') this.#take(input.text)
      // What was typed ahead of the shell belongs to it.
      if (this.#shell !== undefined) return this.#pass(this.#reader.takeRest())
    }
  }

  /** To the shell, without the rest of the line end that the login dialogue read. */
  #pass(text: string): void {
    if (text === '') return
    const rest = this.#awaitsLineFeed && text.startsWith('\n') ? text.slice(1) : text
    this.#awaitsLineFeed = false
    if (rest !== '') this.#shell?.receive(rest)
  }

  #ask(): void {
    const isPassword = this.#username !== undefined
    const prompt = isPassword ? this.#dialogue.password : this.#dialogue.username
    this.#print(`\r\n${prompt}`)
    const visible = isPassword ? 'line-end' : 'all'
    this.#echo.begin(prompt.length, { visible, wrapColumn: 0, wrapStyle: 'readline' })
  }

  #take(text: string): void {
    if (this.#username === undefined) {
      if (text !== '') this.#username = text
      return this.#ask()
    }
    const account = this.#host.checkPassword(this.#username, text, 'password', this.#connection.session)
    this.#username = undefined
    if (account !== undefined) return this.#open(account)
    this.#print(this.#dialogue.refused.replaceAll('\n', '\r\n'))
    if (++this.#failures >= tries) this.#connection.socket.end()
    else this.#ask()
  }

  #open(account: Account): void {
    const { socket } = this.#connection
    this.#print('\r\n')
    this.#shell = this.#host.openShell(this.#connection, account, this.#screen, {
      write: (data) => void (socket.writable && socket.write(telnetEscape(Buffer.from(data as string)))),
      end: () => socket.end(),
      reset: () => this.#connection.reset(),
    })
    if (this.#shell === undefined) return
    this.#awaitsLineFeed = this.#reader.awaitsLineFeed
    this.#connection.addShell(this.#shell)
    this.#shell.start()
  }

  #print(text: string): void {
    if (text !== '') this.#connection.socket.write(text)
  }
}
