import type { FileTransfer } from '@netpulse/client'
import type { Command } from 'commander'
import { Option } from 'commander'
import { wholeNumber } from '../global-options.js'
import { addDeviceOptions } from './device-options.js'
import type { WorkOptions } from './work-options.js'
import { addWorkOptions } from './work-options.js'

/** Options of both directions. */
export interface TransferOptions extends WorkOptions {
  /** `--no-overwrite` makes it false. */
  readonly overwrite: boolean
  readonly verify: boolean
  readonly resume?: boolean
  readonly sync?: 'full' | 'hash'
  readonly hash?: FileTransfer['hash_algorithm']
  readonly chunkSize?: number
}

/** Options of a device and of work on it, for drivers that copy files, and those of the copy. */
export function addTransferOptions(command: Command): Command {
  return addWorkOptions(addDeviceOptions(command, 'ssh'))
    .option('--no-overwrite', 'keep what is at the target')
    .option('--no-verify', 'do not compare the hashes afterwards')
    .option('--resume', 'go on where an earlier transfer broke off')
    .addOption(new Option('--sync <mode>', 'hash: copy nothing that is there already').choices(['full', 'hash']))
    .addOption(new Option('--hash <name>', 'hash to compare by').choices(['md5', 'sha1', 'sha256', 'sha512']))
    .option('--chunk-size <bytes>', 'bytes per read and write', wholeNumber(512, 16 * 1024 ** 2))
}

/** What the flags say about the transfer; the server knows the rest. */
export function transferFields(options: TransferOptions): Omit<FileTransfer, 'operation' | 'remote_path'> {
  const fields = {
    overwrite: options.overwrite ? undefined : false,
    verify_file: options.verify ? undefined : false,
    resume: options.resume,
    sync_mode: options.sync,
    hash_algorithm: options.hash,
    chunk_size: options.chunkSize,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
