import { createReadStream } from 'node:fs'
import type { FetchableFile, FileLink } from '@netpulse/storage'
import { storageError } from '@netpulse/storage'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { seesFile } from '../access/job-access.js'
import type { ApiContext } from '../api-context.js'
import { principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import { byteRangeOf } from '../files/byte-range.js'
import { asAttachment } from '../files/content-disposition.js'
import { commonErrors, errorAnswer } from '../schemas/error-schemas.js'
import type { FileParams, FileQuery } from '../schemas/file-schemas.js'
import { fileAnswer, FileParams as fileParams, FileQuery as fileQuery } from '../schemas/file-schemas.js'

/** Proof that the query holds; the route checks it. */
const linkIn = ({ expires, signature }: FileQuery): FileLink | undefined =>
  expires === undefined || signature === undefined ? undefined : { expires, signature }

const hasLink = ({ query }: FastifyRequest): boolean => linkIn(query as FileQuery) !== undefined

/** `GET /storage/fetch/{file_id}`: a file that a job has brought, for a key that sees the job, or by a link. */
export function storageFetchRoute(app: FastifyInstance, { netpulse }: ApiContext): void {
  app.get<{ Params: FileParams; Querystring: FileQuery }>(
    '/storage/fetch/*',
    {
      config: { netpulseScope: 'file:read', netpulseOpensBy: hasLink },
      schema: {
        tags: ['storage'],
        operationId: 'fetchFile',
        summary: 'Fetch a file that a job has brought from its device',
        description:
          '`download_url` of a result leads here: with a signature that expires it needs no API key. Part of a file by `Range`.',
        params: fileParams,
        querystring: fileQuery,
        response: {
          200: fileAnswer('The file.'),
          206: fileAnswer('The part of the file that `Range` asks for.'),
          ...commonErrors,
          404: errorAnswer(404, 'No such file, or its time is over.'),
          416: errorAnswer(416, 'The range lies behind the end of the file.'),
        },
      },
    },
    async (request, reply) => {
      const id = request.params['*']
      const { storage } = netpulse
      if (storage === undefined) throw storageError('STORED_FILE_UNKNOWN', 'This server has no staging folder.')
      const link = linkIn(request.query)
      if (link !== undefined) storage.assertLink(id, link)
      const file = await storage.fetchable.get(id)
      if (link === undefined && !seesFile(principalOf(request), file.origin))
        throw storageError('STORED_FILE_UNKNOWN', 'No file has this id, or it was too old.')
      return sendFile(reply, file, request.headers.range)
    },
  )
}

/** As fast as the client reads. Nothing that a browser would show. */
function sendFile(
  reply: FastifyReply,
  { path, name, sizeBytes, modifiedAt }: FetchableFile,
  range: string | undefined,
) {
  const part = byteRangeOf(range, sizeBytes)
  reply.headers({
    'accept-ranges': 'bytes',
    'content-disposition': asAttachment(name),
    'content-security-policy': "default-src 'none'; sandbox",
    'last-modified': modifiedAt.toUTCString(),
  })
  if (part === 'unsatisfiable') {
    reply.header('content-range', `bytes */${sizeBytes}`)
    throw apiError('RANGE_NOT_SATISFIABLE', 'The range lies behind the end of the file.')
  }
  reply.type('application/octet-stream')
  if (part === undefined) return reply.header('content-length', sizeBytes).send(createReadStream(path))
  const { start, end } = part
  return reply
    .code(206)
    .headers({ 'content-range': `bytes ${start}-${end}/${sizeBytes}`, 'content-length': String(end - start + 1) })
    .send(createReadStream(path, { start, end }))
}
