import type { CommandFailure, TransferOptions, TransferProgress } from '@netpulse/core'
import type { CallContext } from './session.js'

/** Limits and listeners of one transfer. */
export interface TransferContext extends CallContext {
  /** Called as bytes go over, as often as the driver likes: the caller takes what it needs. */
  readonly onProgress?: (progress: TransferProgress) => void
}

/** One file, or with `recursive` one folder, to be copied between this machine and the device. */
export interface FileCopy {
  /** Absolute path on this machine. Its folder is there; as the target of a download the file itself may not be. */
  readonly localPath: string
  /** Path on the device, with the name of the file. */
  readonly remotePath: string
  readonly options: TransferOptions
}

/** The device took the file, or gave it. A refusal is a reply with `failure`, never an exception. */
export interface TransferReply {
  /** Bytes that went over the line. */
  readonly transferredBytes: number
  /** Both sides were the same already, and nothing was copied (`syncMode: 'hash'`). */
  readonly skipped: boolean
  /** Whether both sides have the same hash; `null` when that was not asked for, or the device cannot say. */
  readonly hashVerified: boolean | null
  /**
   * `null`: done. Kinds: `not_found`, `exists` (and not to be overwritten), `denied`, `other`. A hash that differs is not
   * a failure of the driver: `hashVerified` says it.
   */
  readonly failure: CommandFailure | null
  readonly elapsedMs: number
}

/**
 * Files of a device. A transfer that its signal ends throws as any call does. When the session is still usable then,
 * nothing more of it reaches the device: the target is there in part, or as it was before. A driver that can, writes
 * aside and renames at the end, so that nobody sees half a file.
 */
export interface FileAccess {
  /** @throws SESSION_LOST, READ_TIMEOUT, ABORTED */
  upload(copy: FileCopy, context: TransferContext): Promise<TransferReply>
  /** Writes `localPath` only. @throws SESSION_LOST, READ_TIMEOUT, ABORTED */
  download(copy: FileCopy, context: TransferContext): Promise<TransferReply>
  /** Removes one file. Answers with the refusal; `null`: it is gone. @throws SESSION_LOST, READ_TIMEOUT, ABORTED */
  remove(remotePath: string, context: CallContext): Promise<CommandFailure | null>
}
