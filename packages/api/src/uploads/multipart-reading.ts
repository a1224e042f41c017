import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { BusboyInstance } from '@fastify/busboy'
import { Busboy } from '@fastify/busboy'
import type { Clock } from '@netpulse/core'
import { isNetPulseError } from '@netpulse/core'
import { apiError } from '../errors.js'
import { watchStall } from './stall-watch.js'

/** How to read a body of several parts. */
export interface MultipartOptions<File> {
  readonly headers: IncomingHttpHeaders
  /** Longest `request`, in bytes. */
  readonly fieldLimitBytes: number
  /** Called with the text of `request` as soon as it is there; what it throws ends the reading. */
  readonly onRequest: (text: string) => Promise<unknown>
  /** Takes the file in as it comes. What it throws ends the reading; its signal says that the reading ended. */
  readonly onFile: (file: Readable, name: string, signal: AbortSignal) => Promise<File>
  readonly clock: Clock
}

/** The parts of a body. */
export interface MultipartBody<File> {
  /** What `onRequest` made of the text; `undefined` without that part. */
  readonly request: unknown
  readonly file: File | undefined
}

/** Parts that a request may have, with what surrounds them in any client. */
const limits = { fields: 1, files: 1, parts: 2, headerPairs: 20, headerSize: 8_192 }

const invalid = (message: string, cause?: unknown): Error => apiError('INVALID_MULTIPART', message, { cause })

/**
 * Reads `multipart/form-data` (RFC 7578) of at most two parts, `request` and `file`, as fast as the file is taken.
 * @throws INVALID_MULTIPART, UPLOAD_STALLED, BODY_TOO_LARGE; what the callbacks throw, when what they did has ended
 */
export async function readMultipart<File>(
  body: Readable,
  options: MultipartOptions<File>,
): Promise<MultipartBody<File>> {
  const reading = new Reading(body, options)
  const unwatch = watchStall(body, options.clock, () =>
    reading.fail(apiError('UPLOAD_STALLED', 'The body stopped coming.')),
  )
  try {
    return await reading.result()
  } finally {
    unwatch()
  }
}

class Reading<File> {
  readonly #body: Readable
  readonly #options: MultipartOptions<File>
  readonly #parser: BusboyInstance
  readonly #stop = new AbortController()
  #request: Promise<unknown> | undefined
  #file: Promise<File> | undefined
  #finish: () => void = () => undefined
  #reject: (error: Error) => void = () => undefined
  readonly #parsed = new Promise<void>((resolve, reject) => {
    this.#finish = resolve
    this.#reject = reject
  })

  constructor(body: Readable, options: MultipartOptions<File>) {
    this.#body = body
    this.#options = options
    this.#parser = parserOf(options)
    this.#listen()
    body.pipe(this.#parser)
  }

  async result(): Promise<MultipartBody<File>> {
    try {
      await this.#parsed
      const [request, file] = await Promise.all([this.#request, this.#file])
      return { request, file }
    } catch (error) {
      // What was begun is undone before anybody hears of it.
      this.fail(error as Error)
      await Promise.allSettled([this.#request, this.#file])
      throw this.#stop.signal.reason
    }
  }

  /** Ends the reading. The first reason counts. */
  fail(error: Error): void {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(error)
    this.#body.unpipe(this.#parser)
    this.#reject(error)
  }

  #listen(): void {
    const parser = this.#parser
    parser.on('field', (name, value, _nameIsCut, valueIsCut) => this.#onField(name, value, valueIsCut))
    parser.on('file', (field, stream, name) => this.#onFile(field, stream, name))
    for (const limit of ['partsLimit', 'fieldsLimit', 'filesLimit'] as const)
      parser.on(limit, () => this.fail(invalid('The body has more parts than one `request` and one `file`.')))
    parser.on('error', (error: unknown) => this.fail(invalid('The body is not valid multipart/form-data.', error)))
    parser.on('finish', () => this.#finish())
    this.#body.on('error', (error) => this.fail(invalid('The body broke off.', error)))
    this.#body.on('close', () => {
      if (!this.#body.readableEnded) this.fail(invalid('The body broke off.'))
    })
  }

  #onField(name: string, value: string, isCut: boolean): void {
    if (name !== 'request') return this.fail(invalid('A part of the body is neither `request` nor `file`.'))
    if (isCut) return this.fail(apiError('BODY_TOO_LARGE', 'The part `request` is too large.'))
    this.#request = this.#options.onRequest(value)
    this.#request.catch((error: unknown) => this.fail(error as Error))
  }

  #onFile(field: string, stream: Readable, name: string): void {
    let broken: unknown
    // Whoever takes the file in hears of it, and may be its cause.
    stream.on('error', (error) => (broken ??= error))
    if (field !== 'file') {
      stream.resume()
      return this.fail(invalid('A part of the body is neither `request` nor `file`.'))
    }
    const { signal } = this.#stop
    // What the request may be refused for is known before the file is taken.
    this.#file = Promise.resolve(this.#request).then(() => this.#options.onFile(stream, name, signal))
    this.#file.catch((error: unknown) => {
      stream.resume()
      const isBodys = error === broken && !isNetPulseError(error)
      this.fail(isBodys ? invalid('The file broke off.', error) : (error as Error))
    })
  }
}

/** @throws INVALID_MULTIPART without a boundary */
function parserOf<File>({ headers, fieldLimitBytes }: MultipartOptions<File>): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      limits: { ...limits, fieldSize: fieldLimitBytes },
      // Clients that send JSON as a blob give it a file name.
      isPartAFile: (field, _type, name) => field !== 'request' && (field === 'file' || name !== undefined),
    })
  } catch (cause) {
    throw invalid('The header content-type names no boundary of multipart/form-data.', cause)
  }
}
