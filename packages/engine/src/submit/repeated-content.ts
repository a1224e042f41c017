import type { StagedFile } from '@netpulse/storage'
import type { SubmitRequest } from '../netpulse.js'

/**
 * A request as its repetition would be: the same file under the same name, which has another id each time that it is
 * uploaded.
 */
export function repeatedContent(request: SubmitRequest, staged: StagedFile | undefined): SubmitRequest {
  const { fileTransfer } = request
  if (staged === undefined || fileTransfer === undefined) return request
  return { ...request, fileTransfer: { ...fileTransfer, stagedFileId: `${staged.sha256} ${staged.name}` } }
}
