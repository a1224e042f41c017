import type { CommandFailure, JsonObject } from '@netpulse/core'
import type { FileAccess } from './files.js'
import type { TaskAccess } from './tasks.js'

/** Limits and listeners of one call. */
export interface CallContext {
  /**
   * Ends the call. The session then tries to get back to a prompt (Ctrl-C where the platform has it) for at most a
   * moment; when it does not, it is broken and must be closed. Either way the call throws ABORTED or the signal's
   * reason, when that is an error of ours.
   */
  readonly signal: AbortSignal
  /** Raw text as the device sends it, for live streams. May hold secrets: the caller redacts. */
  readonly onOutput?: (text: string) => void
  /** Bytes that were written and read, for a transcript. May hold secrets: the caller redacts. */
  readonly onTraffic?: (direction: 'sent' | 'received', text: string) => void
}

/** The device answered. A refusal is a reply with `failure`, never an exception. */
export interface Reply {
  readonly input: string
  /** Device text, UTF-8, `\n` line ends, without echo and without the trailing prompt. */
  readonly output: string
  /** Kept apart only where the device does: a Linux server's stderr. */
  readonly errorOutput?: string
  /** Remote exit status where there is one. */
  readonly exitStatus?: number
  /** `null`: the device accepted the input. */
  readonly failure: CommandFailure | null
  readonly elapsedMs: number
}

/** How one command is to be sent. The driver's own options, checked against the manifest's `commandSchema`. */
export interface SendOptions {
  /** The request's `driver_args`. */
  readonly options: JsonObject
  /** The request's switches: `enable_mode`, ... */
  readonly switches: JsonObject
}

/** Only on sessions whose platform keeps a candidate apart from the running configuration. */
export interface CandidateConfig {
  /** Candidate against running, as the device shows it; `''` when equal. */
  compare(context: CallContext): Promise<string>
  /** Puts the candidate in force. A refusal is in the reply. */
  commit(context: CallContext, confirmWithinSeconds?: number): Promise<Reply>
  /** Present where the device has a dead-man timer on commits. */
  confirm?(context: CallContext): Promise<Reply>
  /**
   * Drops the candidate. Afterwards nothing of it is in force. Also called once on a session that is not usable any more:
   * it must throw unless it knows that the device has done it.
   */
  discard(context: CallContext): Promise<void>
}

/**
 * Configuration, step by step, so that no driver can commit after a refused line: the engine decides, once for all
 * drivers. Order: `enter`, `apply` per block, then with a candidate `compare`, `commit` or `discard`, then `leave`.
 */
export interface ConfigAccess {
  /**
   * Splits the request's lines into blocks that are sent and answered as one: one line mostly; a banner or a
   * certificate with all its lines.
   */
  blocksOf(lines: readonly string[]): readonly ConfigBlock[]
  enter(context: CallContext, send: SendOptions): Promise<void>
  /** A refusal is in the reply. */
  apply(block: ConfigBlock, context: CallContext, send: SendOptions): Promise<Reply>
  /** Back to the base mode. */
  leave(context: CallContext): Promise<void>
  /** Running to startup, where the platform has that step. */
  save?(context: CallContext): Promise<Reply>
  /** Present exactly when the platform has a candidate. */
  readonly candidate?: CandidateConfig
}

/** Lines that the device takes as one. */
export interface ConfigBlock {
  /** Index of its first line in the request. */
  readonly firstLine: number
  readonly lines: readonly string[]
}

/** One live session with one device, at a prompt between calls. One call at a time. */
export interface Session extends AsyncDisposable {
  /** What the session knows about its other side: `prompt`, `device_type`, `remote_version`, ... */
  readonly info: JsonObject
  /** False after any doubt (timeout, abort, unknown prompt, lost connection): close it, never reuse it. */
  readonly usable: boolean
  /** Called once when the session stops being usable by itself: the device hung up, a keepalive failed. */
  onLost(listener: () => void): void
  /** @throws READ_TIMEOUT, SESSION_LOST, ABORTED */
  send(command: string, context: CallContext, send: SendOptions): Promise<Reply>
  /** A round trip that proves the session is at a prompt. @throws SESSION_LOST, READ_TIMEOUT */
  probe(context: CallContext): Promise<void>
  /** Present where the device can be configured. */
  readonly config?: ConfigAccess
  /** Present where files can be copied. A driver whose sessions have it says so by `fileSchema` of its manifest. */
  readonly files?: FileAccess
  /** Present where work may go on without the session; the manifest's `tasks` says so too. */
  readonly tasks?: TaskAccess
  /**
   * Cuts the connection at once, without a word, whatever call runs: the device may have another owner by now. Disposal
   * follows and must not speak either. Absent: disposal has to do.
   */
  abandon?(): void
}
