import type { StagedFile } from '@netpulse/storage'
import { storageError } from '@netpulse/storage'
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from '../api-context.js'
import { ownerOf } from '../authentication.js'
import { recordAct } from '../record-act.js'
import { commonErrors, errorAnswer, uploadErrors } from '../schemas/error-schemas.js'
import { RemovedFile, StagedFileInResponse, StagedFileParams } from '../schemas/file-schemas.js'
import { multipartBody, uploadForm } from '../schemas/multipart-schemas.js'
import { invalid } from '../validation.js'

/** `POST /storage/files`: a file to send to devices by its id, of any number of jobs. */
export function uploadFileRoute(app: FastifyInstance, { netpulse, timestamp }: ApiContext): void {
  app.post(
    '/storage/files',
    {
      config: { netpulseScope: 'file:write', netpulseMultipart: { needsRequest: false, keepsFile: true } },
      schema: {
        tags: ['storage'],
        operationId: 'uploadFile',
        summary: 'Upload a file to send to devices',
        description:
          'The file stays until its time is over, longer while a job waits for it; requests name it by `staged_file_id`, those of the same API key.',
        ...multipartBody(uploadForm),
        response: {
          201: {
            ...StagedFileInResponse,
            examples: [stagedExample],
            'x-response-description': 'The file is there.',
          },
          ...commonErrors,
          ...uploadErrors,
          413: errorAnswer(413, 'The file is too large.'),
          415: errorAnswer(415, 'The body is not multipart/form-data.'),
          503: errorAnswer(503, 'The staging folder cannot be used.'),
        },
      },
    },
    async (request, reply) => {
      const { netpulseUpload: file } = request
      if (file === null) throw invalid('file', "Field 'file' is required")
      const { id, name, sizeBytes: size, sha256 } = file
      const details = { staged_file_id: id, name, size, sha256 }
      await recordAct(netpulse, request, { action: 'file.uploaded', details })
      return reply.code(201).send(onWire(file))
    },
  )

  const onWire = ({ id, name, sizeBytes, sha256, stagedAt }: StagedFile): StagedFileInResponse => {
    const { retentionSeconds = 0 } = netpulse.storage ?? {}
    const expiresAt = timestamp(new Date(stagedAt.getTime() + retentionSeconds * 1000))
    return { staged_file_id: id, name, size: sizeBytes, sha256, expires_at: expiresAt }
  }
}

/** `DELETE /storage/files/{id}`: forgets a file that was uploaded. */
export function removeFileRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.delete<{ Params: StagedFileParams }>(
    '/storage/files/:id',
    {
      config: { netpulseScope: 'file:write' },
      schema: {
        tags: ['storage'],
        operationId: 'removeFile',
        summary: 'Remove a file that was uploaded',
        description: 'Only by the API key that uploaded it. Jobs that wait for the file keep it until they have ended.',
        params: StagedFileParams,
        response: {
          200: {
            ...RemovedFile,
            examples: [{ staged_file_id: stagedExample.staged_file_id }],
            'x-response-description': 'The file is gone, or goes with the last of its jobs.',
          },
          ...commonErrors,
          404: errorAnswer(404, 'No such file of this API key.'),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const { storage } = netpulse
      const file = await storage?.staged.find(id)
      if (file === undefined || file.owner !== ownerOf(request))
        throw storageError('STORED_FILE_UNKNOWN', 'No file of yours has this id.')
      await storage!.staged.dismiss(id)
      await recordAct(netpulse, request, { action: 'file.removed', details: { staged_file_id: id, name: file.name } })
      return { staged_file_id: id }
    },
  )
}

const stagedExample = {
  staged_file_id: 'sf_5f0c2d9e8b7a46153c2d1e0f9a8b7c6d',
  name: 'image.bin',
  size: 1_048_576,
  sha256: '30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58',
  expires_at: '2026-03-03T09:15:00.120Z',
}
