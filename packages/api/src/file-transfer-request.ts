import type { FileTransferRequest } from '@netpulse/engine'
import { assertScope } from './authentication.js'
import type { Principal } from './principal.js'
import type { FileTransfer } from './schemas/file-transfer-schema.js'
import { invalid } from './validation.js'
import { withoutNulls } from './without-nulls.js'

/** What a body says about a file. */
export interface FileFields {
  readonly file_transfer?: FileTransfer | null
  readonly staged_file_id?: string | null
}

/** The reference's words, and ours. */
const names: Readonly<Record<string, keyof FileTransferRequest>> = {
  operation: 'operation',
  remote_path: 'remotePath',
  local_path: 'localPath',
  overwrite: 'overwrite',
  resume: 'resume',
  recursive: 'recursive',
  sync_mode: 'syncMode',
  hash_algorithm: 'hashAlgorithm',
  verify_file: 'verifyFile',
  chunk_size: 'chunkSize',
  chmod: 'chmod',
  execute_after_upload: 'executeAfterUpload',
  execute_command: 'executeCommand',
  cleanup_after_exec: 'cleanupAfterExec',
}

/**
 * What a request wants copied; `undefined` when nothing. A file in the staging folder is everybody's who has paths: to
 * write one takes the right to send files, too.
 * @throws INVALID_INPUT, ROLE_TOO_LOW
 */
export function fileTransferOf(
  { file_transfer: transfer, staged_file_id: staged }: FileFields,
  principal: Principal,
): FileTransferRequest | undefined {
  const stagedFileId = staged ?? undefined
  if (transfer === undefined || transfer === null) {
    if (stagedFileId !== undefined) throw invalid('file_transfer', 'is needed: a file came with the request')
    return undefined
  }
  const { operation, local_path: localPath } = transfer
  if (operation === 'download' && typeof localPath === 'string') assertScope(principal, ['file:write'])
  const fields = Object.entries(withoutNulls(transfer)).map(([name, value]) => [names[name] ?? name, value])
  return {
    ...(Object.fromEntries(fields) as Omit<FileTransferRequest, 'stagedFileId'>),
    ...(stagedFileId === undefined ? {} : { stagedFileId }),
  }
}
