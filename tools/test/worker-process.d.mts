export interface WorkerProcessOptions {
  /** Flags of `netpulse-worker`, without `--store`. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Not removed by `stop`. Default: a new one. */
  readonly folder?: string
  /** Wait until it says that it is ready. Default `true`. */
  readonly ready?: boolean
}

export interface WorkerProcess {
  readonly folder: string
  /** What it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
  /** The supervisor's. */
  readonly pid: number
  /** With `--health-port`. */
  readonly healthUrl: string | undefined
  /** The node processes below it, as they are now. Linux. */
  nodePids(): Promise<readonly number[]>
  signal(name: NodeJS.Signals): void
  /** SIGKILL to the supervisor; resolves when it is gone. Its node processes drain, and then end. */
  kill(): Promise<void>
  /** SIGSTOP to the supervisor. */
  pause(): void
  /** SIGCONT to the supervisor. */
  resume(): void
  /** SIGTERM; resolves when it and its node processes are gone. */
  stop(): Promise<void>
}

export function startWorker(options?: WorkerProcessOptions): Promise<WorkerProcess>
