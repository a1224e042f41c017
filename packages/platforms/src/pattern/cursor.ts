import { platformError } from '../errors.js'

/** A place in the text of a pattern. */
export class Cursor {
  readonly source: string
  offset = 0

  constructor(source: string) {
    this.source = source
  }

  get done(): boolean {
    return this.offset >= this.source.length
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.source[this.offset] ?? ''
  }

  next(): string {
    return this.source[this.offset++] ?? ''
  }

  /** Skips `text` when it comes next. */
  skip(text: string): boolean {
    if (!this.source.startsWith(text, this.offset)) return false
    this.offset += text.length
    return true
  }

  /** Takes what `sticky` (flag `y`) matches here. */
  take(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.offset
    const match = sticky.exec(this.source) ?? undefined
    if (match !== undefined) this.offset += match[0].length
    return match
  }

  /** @throws PATTERN_INVALID */
  fail(reason: string): never {
    throw platformError('PATTERN_INVALID', `pattern ${JSON.stringify(this.source)}, at ${this.offset}: ${reason}`)
  }
}
