/** What stands where a secret was. */
export const redacted = '[redacted]'

/** A device that prints no line end for this long gets its text out all the same. */
const longestHeldLine = 64 * 1024

/** Values shorter than this are not searched for: they would redact ordinary words. */
const shortestValue = 3

/**
 * Secrets as network configurations print them. Group 1 is kept, the rest of the match is replaced.
 * Sources: Cisco IOS `password 7`, `secret 5/8/9`, `snmp-server community`; Junos `"$9$..."`; FortiOS `ENC ...`;
 * Huawei VRP `cipher`; pre-shared keys and TACACS/RADIUS keys of several vendors.
 */
const patterns: readonly RegExp[] = [
  /(\b(?:password|secret|passwd)[ \t]+(?:(?:0|5|7|8|9|encrypted|cipher|irreversible-cipher|sha512|hash)[ \t]+))\S+/gi,
  /(\b(?:username[ \t]+\S{1,64}[ \t]+.{0,64}?\b(?:password|secret))[ \t]+)(?!0[ \t]|5[ \t]|7[ \t]|8[ \t]|9[ \t]|\[redacted\])\S+/gi,
  /(\benable[ \t]+(?:password|secret)[ \t]+)(?!\[redacted\]|[05789][ \t])\S+/gi,
  /(\bsnmp-server[ \t]+community[ \t]+)\S+/gi,
  /(\bset[ \t]+snmp[ \t]+community[ \t]+)\S+/gi,
  /(\b(?:pre-shared-key|psksecret|shared-secret|tacacs-key|radius-key)[ \t]+(?:(?:ascii-text|hexadecimal|local|remote|0|6|7|ENC)[ \t]+)*)\S+/gi,
  /(\b(?:tacacs-server|radius-server)[ \t].{0,128}?\bkey[ \t]+(?:[067][ \t]+)?)\S+/gi,
  /(\bENC[ \t])[A-Za-z0-9+/=]{8,}/g,
  /(")\$9\$[^"\s]+(?=")/g,
]

/** Replaces known secret values, and what looks like a secret in a network configuration. */
export interface Redactor {
  redact(text: string): string
  /** For text that comes in pieces: holds back what may be the start of a value, until `end`. */
  stream(): RedactionStream
}

export interface RedactionStream {
  write(chunk: string): string
  end(): string
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

class RedactorByValue implements Redactor {
  readonly #values: RegExp | undefined
  readonly #longest: number

  constructor(values: readonly string[]) {
    this.#values = values.length === 0 ? undefined : new RegExp(values.map(escape).join('|'), 'g')
    this.#longest = values[0]?.length ?? 0
  }

  redact(text: string): string {
    let clean = this.#values === undefined ? text : text.replace(this.#values, redacted)
    for (const pattern of patterns) clean = clean.replace(pattern, `$1${redacted}`)
    return clean
  }

  stream(): RedactionStream {
    let held = ''
    return {
      write: (chunk) => {
        held += chunk
        const ready = held.slice(0, this.#readyLength(held))
        held = held.slice(ready.length)
        return this.redact(ready)
      },
      end: () => {
        const rest = this.redact(held)
        held = ''
        return rest
      },
    }
  }

  /** How much of the text can go out: whole lines, since neither values nor patterns reach over a line end. */
  #readyLength(text: string): number {
    const lineEnd = text.lastIndexOf('\n') + 1
    if (text.length - lineEnd <= longestHeldLine) return lineEnd
    // A value may be cut off at the end, and one may lie across the cut.
    const cut = text.length - this.#longest
    for (const match of this.#values === undefined ? [] : text.matchAll(this.#values)) {
      if (match.index >= cut) break
      if (match.index + match[0].length > cut) return match.index
    }
    return cut
  }
}

/** Makes a redactor for the secrets of one job. Longer values go first, so that one within another leaves nothing. */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const values = new Set<string>()
  for (const secret of secrets) {
    // A multi-line secret (a key) may be printed with other line ends; each of its lines is a value of its own.
    for (const part of secret.includes('\n') ? secret.split(/\r?\n/) : [secret]) {
      if (part.length >= shortestValue) values.add(part)
    }
  }
  return new RedactorByValue([...values].sort((a, b) => b.length - a.length))
}
