import type { ChatterSpec } from '../spec.js'

const defaultMessage = '%LINK-3-UPDOWN: Interface GigabitEthernet2, changed state to up'

/** Prints a device's own log messages between other output, by counting. */
export class Chatter {
  #answers = 0
  #prompts = 0

  /** The answer, with a message between two of its lines when it is time for one. `text` has `\n` line ends. */
  into(text: string, spec: ChatterSpec | undefined): string {
    const every = spec?.inOutputEvery ?? 0
    const middle = text.indexOf('\n', text.length / 2)
    const hasRoom = every > 0 && middle >= 0 && middle < text.length - 1
    if (!hasRoom || ++this.#answers % every !== 0) return text
    return `${text.slice(0, middle + 1)}${messageOf(spec)}\n${text.slice(middle + 1)}`
  }

  /** What follows a prompt: a message, and the prompt again; `''` when it is not time. `prompt` as it was printed. */
  after(prompt: string, spec: ChatterSpec | undefined): string {
    const every = spec?.afterPromptEvery ?? 0
    if (every === 0 || ++this.#prompts % every !== 0) return ''
    return `\r\n${messageOf(spec)}\r\n${spec?.redraw === false ? '' : prompt}`
  }
}

const messageOf = (spec: ChatterSpec | undefined): string => `*Jan  1 00:00:00.000: ${spec?.message ?? defaultMessage}`

/** The prompt in bold, as colourful shells print it. The sequences stand around it and inside. */
export const colourPrompt = (prompt: string): string =>
  `\x1b[?2004h\x1b[1;32m${prompt.trimEnd()}\x1b[0m\x1b[K${prompt.slice(prompt.trimEnd().length)}`

/** Each line with an erase-to-end and a colour, as some network operating systems print them. `\r\n` line ends. */
export const colourLines = (text: string): string => text.replace(/([^\r\n]+)(\r\n)/g, '\x1b[0m$1\x1b[0K$2')
