import type { Readable } from 'node:stream'
import type { Clock } from '@netpulse/core'
import type { StagedFile, Storage } from '@netpulse/storage'
import { storageError } from '@netpulse/storage'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { assertScope, principalOf } from '../authentication.js'
import { apiError } from '../errors.js'
import { jsonReader } from '../json-parser.js'
import { invalid } from '../validation.js'
import { readMultipart } from './multipart-reading.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The file that came with the request: its job's, or removed when the request is refused. */
    netpulseUpload: StagedFile | null
  }
  interface FastifyContextConfig {
    /** What a route does with `multipart/form-data`; a route that does not say takes none. */
    netpulseMultipart?: MultipartRoute
  }
}

/** What a route does with the parts of a body. */
interface MultipartRoute {
  /** The part `request` must be there: it is the body, as if it had been sent alone. */
  readonly needsRequest: boolean
  /** The file stays for its time, and not only for the job of this request. */
  readonly keepsFile: boolean
  /** Refuses what can be refused before the file has come. */
  readonly precheck?: (request: FastifyRequest, body: unknown) => void
}

export interface UploadOptions {
  /** Absent where no folder is shared: a request with a file is refused then. */
  readonly storage: Storage | undefined
  readonly bodyLimitBytes: number
  readonly maxDevicesPerBulk: number
  readonly clock: Clock
}

const type = 'multipart/form-data'

/** A refused client that goes on sending is listened to for this long, so that it can hear why. */
const lingerMs = 10_000

/** Lets routes take files: the part `request` becomes the body, the part `file` goes to the staging folder as it comes. */
export function takeUploads(app: FastifyInstance, options: UploadOptions): void {
  const readJson = jsonReader(app, options.maxDevicesPerBulk)
  app.decorateRequest('netpulseUpload', null)
  app.addContentTypeParser(type, async (request: FastifyRequest, body: Readable) => {
    const { netpulseMultipart: route } = request.routeOptions.config
    if (route === undefined) throw apiError('UNSUPPORTED_MEDIA_TYPE', 'Send JSON: this path takes no files.')
    const { bodyLimitBytes, clock } = options
    const parts = await readMultipart(body, {
      headers: request.headers,
      fieldLimitBytes: bodyLimitBytes,
      clock,
      onRequest: async (text) => {
        const value = await readJson(request, text).catch((cause: unknown) => {
          throw apiError('INVALID_JSON', "Invalid 'request' JSON.", { cause })
        })
        route.precheck?.(request, value)
        return value
      },
      onFile: (file, name, signal) => stage(request, options, { file, name, keep: route.keepsFile, signal }),
    }).catch((error: unknown) => {
      linger(request, body, clock)
      throw error
    })
    request.netpulseUpload = parts.file ?? null
    if (route.needsRequest && parts.request === undefined)
      throw invalid('request', "Field 'request' is required in multipart mode")
    return parts.request ?? {}
  })
  app.addHook('onError', async (request) => removeUpload(request, options.storage))
}

interface Incoming {
  readonly file: Readable
  readonly name: string
  readonly keep: boolean
  readonly signal: AbortSignal
}

/** @throws ROLE_TOO_LOW, STORAGE_NOT_SHARED, FILE_TOO_LARGE, STORAGE_UNAVAILABLE */
async function stage(request: FastifyRequest, { storage }: UploadOptions, incoming: Incoming): Promise<StagedFile> {
  const principal = principalOf(request)
  assertScope(principal, ['file:write'])
  if (storage === undefined)
    throw storageError('STORAGE_NOT_SHARED', 'This server has no staging folder: set storage.staging.')
  const { file, name, keep, signal } = incoming
  return storage.staged.stage(file, { owner: principal.id, name, keep, signal })
}

/** A refused request leaves no file. */
async function removeUpload(request: FastifyRequest, storage: Storage | undefined): Promise<void> {
  const upload = request.netpulseUpload
  request.netpulseUpload = null
  if (upload !== null) await storage?.staged.remove(upload.id)
}

function linger(request: FastifyRequest, body: Readable, clock: Clock): void {
  if (body.readableEnded || body.destroyed) return
  const cancel = clock.setTimer(lingerMs, () => request.raw.destroy())
  body.on('close', cancel).resume()
}
