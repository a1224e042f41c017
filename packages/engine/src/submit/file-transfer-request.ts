import type { HashAlgorithm, JsonSchema } from '@netpulse/core'
import { hashAlgorithms } from '@netpulse/core'

/** A file to send to a device, or to fetch from it, as an embedding program asks for it. */
export interface FileTransferRequest {
  readonly operation: 'upload' | 'download'
  /** Path on the device; one that ends in `/` gets the name of the file. */
  readonly remotePath: string
  /**
   * Path below the staging folder: what to send, or where to put what is fetched; one that ends in `/` gets the name of
   * the file. Not with `stagedFileId`. @defaultValue for a download, a file of the job that clients can fetch
   */
  readonly localPath?: string
  /** What to send: a file that the same `owner` has uploaded. */
  readonly stagedFileId?: string
  /** Replace what is at the target. @defaultValue true */
  readonly overwrite?: boolean
  /** Go on where an earlier transfer broke off. @defaultValue false */
  readonly resume?: boolean
  /** The path is a folder. @defaultValue false */
  readonly recursive?: boolean
  /** `hash`: copy nothing when both sides are the same. @defaultValue 'full' */
  readonly syncMode?: 'full' | 'hash'
  /** @defaultValue 'md5' */
  readonly hashAlgorithm?: HashAlgorithm
  /** Compare the hashes of both sides afterwards. @defaultValue true */
  readonly verifyFile?: boolean
  /** Bytes per read and write, 512 to 16 MiB. @defaultValue 32768 */
  readonly chunkSize?: number
  /** Permissions on the device in octal: `0755`. @defaultValue those that the device gives */
  readonly chmod?: string
  /** Run a command on the device after the upload. @defaultValue false */
  readonly executeAfterUpload?: boolean
  /** @defaultValue the remote path */
  readonly executeCommand?: string
  /** Remove the file after the command, whatever came of it. @defaultValue true */
  readonly cleanupAfterExec?: boolean
}

export const fileTransferDefaults = {
  overwrite: true,
  resume: false,
  recursive: false,
  syncMode: 'full',
  hashAlgorithm: 'md5',
  verifyFile: true,
  chunkSize: 32_768,
  executeAfterUpload: false,
  cleanupAfterExec: true,
} as const

const flag = { type: 'boolean' }

/** No character that ends a line, or a string in C. */
const path = { type: 'string', minLength: 1, maxLength: 4_096, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }

export const fileTransferRequestSchema: JsonSchema = {
  type: 'object',
  required: ['operation', 'remotePath'],
  additionalProperties: false,
  properties: {
    operation: { enum: ['upload', 'download'] },
    remotePath: path,
    localPath: path,
    stagedFileId: { type: 'string', minLength: 1, maxLength: 100 },
    overwrite: flag,
    resume: flag,
    recursive: flag,
    syncMode: { enum: ['full', 'hash'] },
    hashAlgorithm: { enum: [...hashAlgorithms] },
    verifyFile: flag,
    chunkSize: { type: 'integer', minimum: 512, maximum: 16 * 1024 ** 2, 'x-unit': 'bytes' },
    chmod: { type: 'string', pattern: '^[0-7]{3,4}$' },
    executeAfterUpload: flag,
    executeCommand: { type: 'string', minLength: 1, maxLength: 4_096, pattern: '^[^\\u0000-\\u001f\\u007f]+$' },
    cleanupAfterExec: flag,
  },
}
