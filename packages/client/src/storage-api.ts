import type { FileToSend } from './file-to-send.js'
import type { StagedFile } from './models.js'
import type { CallOptions, Transport } from './transport.js'

/** A file as it comes. */
export interface FetchedFile {
  readonly name: string
  /** Bytes, where the server says so. */
  readonly size: number | undefined
  /** To be read to its end, or canceled. */
  readonly body: ReadableStream<Uint8Array>
}

const fetchPath = '/storage/fetch/'

/** The path of a file by its id, or by the `download_url` of a result: always below the client's own server. */
function pathOf(fileIdOrUrl: string): string {
  const at = fileIdOrUrl.indexOf(fetchPath)
  if (at >= 0) return fileIdOrUrl.slice(at).replace(/[?#].*$/s, '')
  return fetchPath + fileIdOrUrl.split('/').map(encodeURIComponent).join('/')
}

/** Name in `content-disposition` (RFC 6266). */
function nameIn(header: string | null): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header ?? '')?.[1]
  if (extended !== undefined) return decodeURIComponent(extended)
  return /filename="([^"]*)"/i.exec(header ?? '')?.[1] ?? 'file'
}

/** Files on their way to devices, and those that jobs have brought. */
export class StorageApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Opens a file that a job has brought, by its id or by the `download_url` of the result. Uses the client's key, and goes
   * to the client's server, whatever the URL says. `timeoutMs` is for the beginning of the answer.
   * @throws NotFoundError (`STORED_FILE_UNKNOWN`), AuthenticationError, ConnectionError, ...
   */
  async fetch(fileIdOrUrl: string, options: CallOptions = {}): Promise<FetchedFile> {
    const answer = await this.#transport.openInTime({ method: 'GET', path: pathOf(fileIdOrUrl), ...options })
    const length = answer.headers.get('content-length')
    const { signal } = options
    const body = answer.body ?? new Response('').body!
    return {
      name: nameIn(answer.headers.get('content-disposition')),
      size: length === null ? undefined : Number(length),
      body: signal === undefined ? body : body.pipeThrough(new TransformStream(), { signal }),
    }
  }

  /**
   * Uploads a file that any number of requests can then name by `staged_file_id`.
   * @throws ValidationError (`FILE_TOO_LARGE`), AuthenticationError, ConnectionError, ...
   */
  async upload(file: FileToSend, options: CallOptions = {}): Promise<StagedFile> {
    const request = { method: 'POST', path: '/storage/files', form: { parts: [], file }, ...options } as const
    return (await this.#transport.send<StagedFile>(request)).body
  }

  /** Removes an uploaded file; jobs that wait for it keep it. @throws NotFoundError */
  async remove(stagedFileId: string, options: CallOptions = {}): Promise<void> {
    const path = `/storage/files/${encodeURIComponent(stagedFileId)}`
    await this.#transport.send({ method: 'DELETE', path, ...options })
  }
}
