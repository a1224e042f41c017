import { createHash } from 'node:crypto'
import type { TransformCallback } from 'node:stream'
import { Transform } from 'node:stream'
import { storageError } from './errors.js'

/** Counts and hashes what passes, and ends it when it becomes too long. */
export class UploadMeter extends Transform {
  readonly #hash = createHash('sha256')
  readonly #mostBytes: number
  #sizeBytes = 0

  constructor(mostBytes: number) {
    super()
    this.#mostBytes = mostBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** SHA-256 of all that passed, in hexadecimal; only once. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#sizeBytes += chunk.length
    if (this.#sizeBytes > this.#mostBytes) {
      done(storageError('FILE_TOO_LARGE', `The file is longer than ${this.#mostBytes} bytes, which is the limit here.`))
      return
    }
    this.#hash.update(chunk)
    done(null, chunk)
  }
}
