import { executionExamples, uploadExample } from './examples.js'

/** A body of several parts, for the document: the parts by name, with examples of them. */
export interface MultipartForm {
  readonly schema: object
  readonly examples: readonly Readonly<Record<string, string>>[]
}

/** Keeps a form for the document beside the JSON body; `documentation` puts it in its place. */
export const multipartBody = (form: MultipartForm) => ({ 'x-multipart': form })

const file = { type: 'string', format: 'binary', description: 'The file, of any size up to `storage.max_upload`.' }

/** The form of `POST /device/exec`. */
export const executionForm: MultipartForm = {
  schema: {
    type: 'object',
    required: ['request'],
    properties: {
      request: {
        type: 'string',
        contentMediaType: 'application/json',
        description: 'An `ExecutionRequest` as JSON; with a file, one with `file_transfer`.',
      },
      file,
    },
  },
  examples: [
    { request: JSON.stringify(uploadExample), file: 'the bytes of the file' },
    { request: JSON.stringify(executionExamples[0]) },
  ],
}

/** The form of `POST /storage/files`. */
export const uploadForm: MultipartForm = {
  schema: { type: 'object', required: ['file'], properties: { file } },
  examples: [{ file: 'the bytes of the file' }],
}
