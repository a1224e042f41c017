/** What a server says in clear before the key exchange (RFC 4253 sections 4.2 and 7.1). */
export interface ServerOffer {
  readonly kex: readonly string[]
  readonly hostKey: readonly string[]
  readonly cipher: readonly string[]
  readonly mac: readonly string[]
}

/** Identification line, greeting lines before it, and one KEXINIT fit many times. */
const longestHello = 64 * 1024
const kexInit = 20
const cookieBytes = 16

/** Reads along with the first bytes of a server: its identification and what it offers. */
export class ServerHello {
  #bytes: Buffer = Buffer.alloc(0)
  #done = false
  #ident: string | undefined
  #offer: ServerOffer | undefined

  /** Software version and comments after `SSH-2.0-`; `undefined` until the line has come. */
  get ident(): string | undefined {
    return this.#ident
  }

  get offer(): ServerOffer | undefined {
    return this.#offer
  }

  /** `true`: there is nothing more to learn. */
  read(chunk: Uint8Array): boolean {
    if (this.#done) return true
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (this.#ident === undefined) this.#readIdent()
    if (this.#ident !== undefined) this.#readOffer()
    if (this.#bytes.length > longestHello) this.#finish()
    return this.#done
  }

  #readIdent(): void {
    for (let end = this.#bytes.indexOf(0x0a); end >= 0; end = this.#bytes.indexOf(0x0a)) {
      const line = this.#bytes.toString('latin1', 0, end).trimEnd()
      this.#bytes = this.#bytes.subarray(end + 1)
      if (!line.startsWith('SSH-')) continue
      this.#ident = line.replace(/^SSH-[^-]*-/, '')
      return
    }
  }

  /** Packet: length (4 bytes), length of the padding (1), message number (1), cookie (16), ten lists of names. */
  #readOffer(): void {
    if (this.#bytes.length < 6) return
    if (this.#bytes[5] !== kexInit) return this.#finish()
    const end = 4 + this.#bytes.readUInt32BE(0)
    if (this.#bytes.length < end) return
    const lists = nameLists(this.#bytes.subarray(6 + cookieBytes, end), 8)
    const [kex = [], hostKey = [], toServer = [], cipher = [], , mac = []] = lists
    this.#offer = { kex, hostKey, cipher: cipher.length > 0 ? cipher : toServer, mac }
    this.#finish()
  }

  #finish(): void {
    this.#done = true
    this.#bytes = Buffer.alloc(0)
  }
}

function nameLists(bytes: Buffer, count: number): string[][] {
  const lists: string[][] = []
  let at = 0
  while (lists.length < count && at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) break
    const names = bytes.toString('latin1', at + 4, end)
    lists.push(names === '' ? [] : names.split(','))
    at = end
  }
  return lists
}
