import type { HashAlgorithm } from '@netpulse/core'
import { hashAlgorithms } from '@netpulse/core'
import { fileTransferDefaults as defaults } from '@netpulse/engine'
import { Type, type Static } from 'typebox'
import { optional } from './optional.js'

const flag = (description: string, fallback: boolean) =>
  optional<boolean>({ type: 'boolean', description: `${description} Default ${fallback}.` })

const word = <Word extends string>(words: readonly Word[], description: string) =>
  Type.Optional(Type.Unsafe<Word | null>({ type: ['string', 'null'], enum: [...words, null], description }))

/** `file_transfer` of a request. */
export const FileTransfer = Type.Object(
  {
    operation: Type.Unsafe<'upload' | 'download'>({
      type: 'string',
      enum: ['upload', 'download'],
      description: '`upload`: to the device; `download`: from it.',
    }),
    remote_path: Type.String({
      minLength: 1,
      maxLength: 4096,
      description: 'Path on the device. An upload to a path that ends in `/` appends the name of the file.',
    }),
    local_path: optional<string>({
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description:
        "Path below the server's staging folder: what to send, or where to put what is fetched; one that ends in `/` gets the name of the file. A download without it makes a file that `download_url` leads to. A download with it also needs the scope `file:write`.",
    }),
    overwrite: flag('Replace what is at the target.', defaults.overwrite),
    resume: flag('Go on where an earlier transfer broke off.', defaults.resume),
    recursive: flag('The path is a folder.', defaults.recursive),
    sync_mode: word(
      ['full', 'hash'],
      `\`hash\`: copy nothing when both sides have the same hash already. Default ${defaults.syncMode}.`,
    ),
    hash_algorithm: word<HashAlgorithm>(hashAlgorithms, `Default ${defaults.hashAlgorithm}.`),
    verify_file: flag('Compare the hashes of both sides after the copy.', defaults.verifyFile),
    chunk_size: optional<number>({
      type: 'integer',
      minimum: 512,
      maximum: 16 * 1024 ** 2,
      description: `Bytes per read and write. Default ${defaults.chunkSize}.`,
    }),
    chmod: optional<string>({
      type: 'string',
      pattern: '^[0-7]{3,4}$',
      description: 'Permissions of the file on the device, in octal: `0755`. Uploads only.',
    }),
    execute_after_upload: flag('Run a command on the device after the upload.', defaults.executeAfterUpload),
    execute_command: optional<string>({
      type: 'string',
      minLength: 1,
      maxLength: 4096,
      description: 'The command, with `execute_after_upload`. Default: the remote path.',
    }),
    cleanup_after_exec: flag(
      'Remove the file from the device after the command, whatever came of it.',
      defaults.cleanupAfterExec,
    ),
  },
  {
    title: 'FileTransfer',
    additionalProperties: false,
    description: 'A file to send to a device, or to fetch from it.',
  },
)
export type FileTransfer = Static<typeof FileTransfer>
