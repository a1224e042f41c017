/** Bytes to and from a device, whatever carries them. What the CLI channel is built on, and what tests put under it. */
export interface ByteStream {
  /** Queues the text; never blocks. After the end it does nothing. */
  write(text: string): void
  /** One listener. Pieces are split anywhere, also inside a character. */
  onData(listener: (bytes: Uint8Array) => void): void
  /** Called once, also when the stream has ended before. `error` when it was not an orderly end. */
  onEnd(listener: (error?: Error) => void): void
  /** Ends the stream and everything below it (jump hosts too). Idempotent. */
  close(): void
}

/** A byte stream that also takes bytes which are no text. */
export interface BinaryStream extends ByteStream {
  /** Queues text (as UTF-8) or bytes; never blocks. After the end it does nothing. */
  write(data: string | Uint8Array): void
}
