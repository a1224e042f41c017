import type { FileTransfer, SchemaViolation, TransferCommand, TransferPlace } from '@netpulse/core'
import type { StagedFile, Storage } from '@netpulse/storage'
import { safeFileName } from '@netpulse/storage'
import type { FileTransferRequest } from './file-transfer-request.js'
import { fileTransferDefaults } from './file-transfer-request.js'
import { within } from './invalid-request.js'

/** What a transfer is checked with. */
export interface TransferParts {
  readonly storage: Pick<Storage, 'pathInside'>
  /** What `stagedFileId` names; checked to be the caller's. */
  readonly staged: StagedFile | undefined
}

type Asked = FileTransferRequest & typeof fileTransferDefaults

/** A transfer, or what is wrong with it. */
export type TransferCheck = { readonly transfer: FileTransfer } | { readonly violations: readonly SchemaViolation[] }

/** A path that a shell reads as one word. */
const plainPath = /^[\w./@%+=:,-]+$/

const wrong = (path: string, message: string): SchemaViolation => ({ path, message })

function* violationsOf(asked: Asked, staged: StagedFile | undefined): Generator<SchemaViolation> {
  if (asked.operation === 'upload') yield* violationsOfUpload(asked, staged)
  else yield* violationsOfDownload(asked)
  if (asked.executeCommand !== undefined && !asked.executeAfterUpload)
    yield wrong('execute_command', 'needs execute_after_upload: true')
}

function* violationsOfUpload(asked: Asked, staged: StagedFile | undefined): Generator<SchemaViolation> {
  const { localPath, stagedFileId, recursive, executeAfterUpload, executeCommand, remotePath } = asked
  if ((localPath === undefined) === (stagedFileId === undefined))
    yield wrong('local_path', 'an upload needs a file: exactly one of an uploaded file and local_path')
  if (recursive && staged !== undefined) yield wrong('recursive', 'an uploaded file is no folder')
  if (recursive && executeAfterUpload) yield wrong('execute_after_upload', 'a folder cannot be run')
  if (executeAfterUpload && executeCommand === undefined && !plainPath.test(remotePath))
    yield wrong('execute_command', 'is needed: the remote path is no plain word for a shell')
}

function* violationsOfDownload(asked: Asked): Generator<SchemaViolation> {
  const { stagedFileId, chmod, executeAfterUpload, remotePath, recursive } = asked
  if (stagedFileId !== undefined) yield wrong('operation', 'a download takes no uploaded file')
  if (chmod !== undefined) yield wrong('chmod', 'is for uploads only')
  if (executeAfterUpload) yield wrong('execute_after_upload', 'is for uploads only')
  if (!recursive && remotePath.endsWith('/'))
    yield wrong('remote_path', 'is a folder; a download of one needs recursive: true')
}

/** Name of the last part of a path, as the device has it. */
const nameIn = (path: string): string => path.split('/').findLast((part) => part !== '') ?? ''

const withName = (path: string, name: string): string => (path.endsWith('/') ? `${path}${name}` : path)

function placeOf(asked: Asked, { staged, storage }: TransferParts): TransferPlace {
  if (staged !== undefined) return { type: 'staged', id: staged.id, name: staged.name }
  const name = safeFileName(nameIn(asked.remotePath))
  if (asked.localPath === undefined) return { type: 'fetchable', name }
  const path = asked.operation === 'download' ? withName(asked.localPath, name) : asked.localPath
  return { type: 'path', path: storage.pathInside(path) }
}

/** A folder to fetch, as every driver understands it. */
const withoutEnd = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') || '/' : path)

const nameOfPlace = (place: TransferPlace): string => (place.type === 'path' ? nameIn(place.path) : place.name)

function commandOf(asked: Asked, remotePath: string): TransferCommand | undefined {
  if (!asked.executeAfterUpload) return undefined
  return { command: asked.executeCommand ?? remotePath, cleanUp: asked.cleanupAfterExec }
}

/**
 * A transfer as the worker runs it: every default filled in, every path with its file name.
 * @throws PATH_DENIED for a local path that is not below the staging folder
 */
export function transferOf(request: FileTransferRequest, parts: TransferParts): TransferCheck {
  const asked: Asked = { ...fileTransferDefaults, ...request } as Asked
  const violations = [...violationsOf(asked, parts.staged)]
  if (violations.length > 0) return { violations: within('file_transfer', violations) }
  const place = placeOf(asked, parts)
  const isUpload = asked.operation === 'upload'
  const remotePath = isUpload ? withName(asked.remotePath, nameOfPlace(place)) : withoutEnd(asked.remotePath)
  const execute = commandOf(asked, remotePath)
  const transfer: FileTransfer = {
    direction: asked.operation,
    remotePath,
    place,
    options: {
      overwrite: asked.overwrite,
      resume: asked.resume,
      recursive: asked.recursive,
      syncMode: asked.syncMode,
      hashAlgorithm: asked.hashAlgorithm,
      verify: asked.verifyFile,
      chunkSizeBytes: asked.chunkSize,
      ...(asked.chmod === undefined ? {} : { mode: asked.chmod }),
    },
    ...(execute === undefined ? {} : { execute }),
  }
  return { transfer }
}
