/** The wire to one client: what a terminal writes to. */
export interface TerminalLink {
  write(data: string | Uint8Array): void
  /** Ends in order, after what was written. */
  end(): void
  /** Resets the connection. */
  reset(): void
}
