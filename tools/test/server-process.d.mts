export interface ServerProcessOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** API key of a server that shares its keys; a server that makes its first prints it. */
  readonly key?: string
  /** Takes what it logs. Default: the log goes to this process's own stderr. */
  readonly log?: (text: string) => void
}

export interface ServerProcess {
  readonly folder: string
  readonly key: string
  readonly url: string
  readonly pid: number
  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly json: Body }>
  /** Throws on an answer that is not a success. */
  post<Body = unknown>(path: string, body?: unknown): Promise<Body>
  /** Throws on an answer that is not a success. */
  get<Body = unknown>(path: string): Promise<Body>
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** SIGKILL, and a new start on the same folder. */
  crash(): Promise<void>
  /** SIGTERM; removes the folder. */
  stop(): Promise<void>
}

export function startServer(options?: ServerProcessOptions): Promise<ServerProcess>
