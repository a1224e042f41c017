import type { Readable, Writable } from 'node:stream'

/** Text that goes somewhere, perhaps to a person. */
export type Sink = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** Text that comes from somewhere, perhaps from a person. */
export type Source = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown }

/** What the process has that the program needs. */
export interface ProcessParts {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly homeDir: string
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}
