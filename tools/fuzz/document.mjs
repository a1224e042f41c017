import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

// Of the tests of the server: what stands at the top level is the linter's own, an older one.
const { Ajv2020 } = createRequire(new URL('../../apps/server-e2e/package.json', import.meta.url))('ajv/dist/2020.js')

const file = new URL('../../docs/reference/openapi.json', import.meta.url)
const document = JSON.parse(readFileSync(file, 'utf8'))
const ajv = new Ajv2020({ strict: false }).addSchema(document, 'openapi')

/** Every operation of the OpenAPI document, with its path and method. */
export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    id: operation.operationId,
    parameters: operation.parameters ?? [],
    body: operation.requestBody?.content?.['application/json']?.schema,
    responses: operation.responses,
  })),
)

/** A schema without its reference. */
export function resolved(schema) {
  if (schema?.$ref === undefined) return schema
  const parts = schema.$ref.split('/').slice(1)
  return resolved(parts.reduce((at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], document))
}

/** A model of the document by its name. */
export const model = (name) => resolved({ $ref: `#/components/schemas/${name}` })

function flawsAt(parts, value) {
  const at = (part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))
  const validate = ajv.getSchema(`openapi#/${parts.map(at).join('/')}`)
  if (validate(value)) return []
  return validate.errors.map(({ instancePath, message }) => `the answer does not fit: ${instancePath} ${message}`)
}

/** What is wrong with a value that should be a model of the document. */
export const flawsOfModel = (name, value) => flawsAt(['components', 'schemas', name], value)

/** What is wrong with the answer of an operation by the document. */
export function flawsOfAnswer({ path, method, responses }, { status, type, json }) {
  const media = responses[status]?.content
  if (responses[status] === undefined) return [`the status ${status} is not in the document`]
  if (media?.[type] === undefined) return [`the content type ${type || 'none'} of ${status} is not in the document`]
  if (type !== 'application/json') return []
  return flawsAt(['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'], json)
}
