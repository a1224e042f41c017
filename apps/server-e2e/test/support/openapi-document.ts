import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

interface Media {
  readonly schema?: object
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header'
  readonly required?: boolean
  readonly example?: unknown
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** A request as the document shows it. */
export interface ExampleRequest {
  readonly name: string
  readonly operationId: string
  readonly method: string
  readonly path: string
  /** Values of the parts of the path. */
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** Parts of a body of several, by name; `file` is a file. */
  readonly form?: Readonly<Record<string, string>>
}

const file = new URL('../../../../docs/reference/openapi.json', import.meta.url)
const document = JSON.parse(readFileSync(file, 'utf8')) as Document

export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)

const valuesOf = (parameters: readonly Parameter[], place: string) =>
  Object.fromEntries(
    parameters
      .filter((one) => one.in === place && one.example !== undefined)
      .map(({ name, example }) => [name, example]),
  )

const examplesIn = (media: Media | undefined): readonly unknown[] => {
  if (media === undefined) return []
  return media.example === undefined ? Object.values(media.examples ?? {}).map(({ value }) => value) : [media.example]
}

/** Every body that an operation shows, as JSON and of several parts; one without a body is sent once. */
const bodiesOf = ({ requestBody }: Operation): readonly Pick<ExampleRequest, 'body' | 'form'>[] => {
  const json = examplesIn(requestBody?.content['application/json']).map((body) => ({ body }))
  const forms = examplesIn(requestBody?.content['multipart/form-data']).map((form) => ({
    form: form as Readonly<Record<string, string>>,
  }))
  return json.length + forms.length === 0 ? [{}] : [...json, ...forms]
}

/** Every body of every operation, once with nothing else than it needs, and once with all parameters that have an example. */
export const exampleRequests: readonly ExampleRequest[] = operations.flatMap(({ path, method, operation }) => {
  const { operationId, parameters = [] } = operation
  const params = valuesOf(parameters, 'path')
  const query = valuesOf(parameters, 'query')
  const queries = Object.keys(query).length === 0 ? [{}] : [{}, query]
  return bodiesOf(operation).flatMap((body, index) =>
    queries.map((one) => ({
      name: `${method} ${path}, example ${index + 1}${one === query ? ' with all parameters' : ''}`,
      operationId,
      method,
      path,
      params,
      query: one,
      ...body,
    })),
  )
})

const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document, 'openapi')

/** What is wrong with an answer by the document; nothing when it is as promised. */
export function flawsOfAnswer(operationId: string, answer: { status: number; type: string; json: unknown }): string[] {
  const { path, method, operation } = operations.find((one) => one.operation.operationId === operationId)!
  const response = operation.responses[String(answer.status)]
  if (response === undefined) return [`the status ${answer.status} is not in the document`]
  if (response.content?.[answer.type] === undefined) return [`the content type ${answer.type} is not in the document`]
  if (answer.type !== 'application/json') return []
  const parts = ['paths', path, method.toLowerCase(), 'responses', answer.status, 'content', answer.type, 'schema']
  return flawsAt(parts, answer.json)
}

/** What is wrong with a value that should be a model of the document. */
export const flawsOfModel = (name: string, value: unknown): string[] => flawsAt(['components', 'schemas', name], value)

function flawsAt(parts: readonly (string | number)[], value: unknown): string[] {
  const at = (part: string | number) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')
  const validate = ajv.getSchema(`openapi#/${parts.map(at).map(encodeURIComponent).join('/')}`)
  if (validate === undefined) return ['the document has no such schema']
  if (validate(value) === true) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
