import type { MultipartForm } from './schemas/multipart-schemas.js'

/** A route as the generator of the document sees it. */
interface DocumentedRoute {
  readonly url: string
  readonly schema?: { readonly params?: { readonly properties?: Readonly<Record<string, unknown>> } }
}

/** Name of what stands for the rest of a path. */
const restName = 'file_id'

/** The rest of a path, which fastify calls `*`, under a name that OpenAPI can say. */
export function withFilePath(route: DocumentedRoute): DocumentedRoute {
  const { url, schema } = route
  const rest = schema?.params?.properties?.['*']
  if (!url.endsWith('/*') || rest === undefined) return route
  const params = { ...schema!.params, properties: { [restName]: rest }, required: [restName] }
  return { ...route, url: `${url.slice(0, -1)}:${restName}`, schema: { ...schema, params } }
}

interface Operation {
  requestBody?: { content: Record<string, unknown> }
  'x-multipart'?: MultipartForm
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const examplesOf = ({ examples }: MultipartForm): object =>
  Object.fromEntries(examples.map((value, index) => [`example${index + 1}`, { value }]))

/** The document with each form as one more way to send the body of its operation. */
export function withForms<Given extends Document>(document: Given): Given {
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    const form = operation['x-multipart']
    if (form === undefined) continue
    operation.requestBody ??= { content: {} }
    operation.requestBody.content['multipart/form-data'] = { schema: form.schema, examples: examplesOf(form) }
    delete operation['x-multipart']
  }
  return document
}
