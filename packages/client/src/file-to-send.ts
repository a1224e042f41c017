/** A file to be sent. */
export interface FileToSend {
  /** What the server calls it: a path on a device that ends in `/` gets this name. */
  readonly name: string
  /**
   * Its bytes. A `Blob` can be sent again when the server is away for a moment, and in every browser; `openAsBlob` of
   * `node:fs` makes one of a file without reading it. A stream is read as it is sent, once.
   */
  readonly content: Blob | ReadableStream<Uint8Array>
  /** Called with the bytes that were handed to the network so far. Sends a stream, which browsers but Chromium cannot. */
  readonly onProgress?: (sentBytes: number) => void
}

/** A body of several parts, made anew for each try. */
export interface RequestForm {
  readonly parts: readonly (readonly [name: string, text: string])[]
  readonly file: FileToSend
}

/** What `fetch` is given for a form. */
export interface FormBody {
  readonly body: FormData | ReadableStream<Uint8Array>
  /** Absent where `fetch` finds it itself. */
  readonly contentType?: string
}

/** Whether a form can be made again. */
export const isRepeatable = ({ file }: RequestForm): boolean => file.content instanceof Blob

/** `multipart/form-data` (RFC 7578) with the file last, so that the server can refuse before it has come. */
export function formBody(form: RequestForm): FormBody {
  const { file, parts } = form
  if (!(file.content instanceof Blob) || file.onProgress !== undefined) return streamedForm(form)
  const body = new FormData()
  for (const [name, text] of parts) body.append(name, text)
  body.append('file', file.content, file.name)
  return { body }
}

/** A name as browsers write it into the header of a part. */
const quoted = (name: string): string => name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

function streamedForm({ file, parts }: RequestForm): FormBody {
  const boundary = `netpulse-${crypto.randomUUID()}`
  const encoder = new TextEncoder()
  const head = (header: string): Uint8Array =>
    encoder.encode(`--${boundary}\r\nContent-Disposition: form-data; ${header}\r\n\r\n`)
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const [name, text] of parts) {
      yield head(`name="${name}"`)
      yield encoder.encode(`${text}\r\n`)
    }
    yield head(`name="file"; filename="${quoted(file.name)}"\r\nContent-Type: application/octet-stream`)
    let sent = 0
    for await (const chunk of file.content instanceof Blob ? file.content.stream() : file.content) {
      yield chunk
      sent += chunk.byteLength
      file.onProgress?.(sent)
    }
    yield encoder.encode(`\r\n--${boundary}--\r\n`)
  }
  return { body: streamOf(chunks()), contentType: `multipart/form-data; boundary=${boundary}` }
}

/** As fast as it is read. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
}
