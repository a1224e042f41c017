import { Type, type Static } from 'typebox'

/** Path of a file: its id, slash included. */
export const FileParams = Type.Object({
  '*': Type.String({
    minLength: 1,
    maxLength: 5000,
    examples: ['dl_019ac1f2-7d30-7c41-b5a2-6f1d20c3e9a4/startup-config'],
    description: 'Id of the file: the path of `download_url` behind `/storage/fetch/`, slashes included.',
  }),
})
export type FileParams = Static<typeof FileParams>

export const FileQuery = Type.Object(
  {
    expires: Type.Optional(Type.Integer({ minimum: 0, description: 'Of a link: until when, in seconds since 1970.' })),
    signature: Type.Optional(Type.String({ maxLength: 200, description: 'Of a link: that it was made here.' })),
  },
  { additionalProperties: false },
)
export type FileQuery = Static<typeof FileQuery>

/** An answer that is a file, for the document. */
export const fileAnswer = (description: string) => ({
  description,
  content: {
    'application/octet-stream': { schema: { type: 'string', format: 'binary' }, example: 'hostname r1\n' },
  },
})

/** An uploaded file. */
export const StagedFileInResponse = Type.Object(
  {
    staged_file_id: Type.String({ description: 'What requests name it by.' }),
    name: Type.String({ description: 'Its name, made safe: what a path that ends in `/` gets.' }),
    size: Type.Integer({ description: 'Bytes.' }),
    sha256: Type.String({ description: 'In hexadecimal.' }),
    expires_at: Type.String({ description: 'When it goes, unless a job waits for it then. ISO 8601.' }),
  },
  { title: 'StagedFile', description: 'A file that was uploaded, to be sent to devices.' },
)
export type StagedFileInResponse = Static<typeof StagedFileInResponse>

export const StagedFileParams = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 100,
    examples: ['sf_5f0c2d9e8b7a46153c2d1e0f9a8b7c6d'],
    description: '`staged_file_id` of the upload.',
  }),
})
export type StagedFileParams = Static<typeof StagedFileParams>

export const RemovedFile = Type.Object({ staged_file_id: Type.String() }, { title: 'RemovedFile' })
