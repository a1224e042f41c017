import type { JsonSchema, Schema } from '@netpulse/core'
import { compileSchema, coreError } from '@netpulse/core'
import type { FastifySchemaCompiler } from 'fastify'
import type { Static, TSchema } from 'typebox'

/** The check of core for a schema that has its type with it. */
export const compileTyped = <Definition extends TSchema>(definition: Definition): Schema<Static<Definition>> =>
  compileSchema<Static<Definition>>(definition as unknown as JsonSchema)

/** A request that breaks a rule which its schema cannot say. */
export const invalid = (path: string, message: string): Error =>
  coreError('INVALID_INPUT', `Request is invalid: ${path}: ${message}`, { details: { errors: [{ path, message }] } })

const nameOfPart: Readonly<Record<string, string>> = { querystring: 'Query', params: 'Path', headers: 'Header' }

interface QueryProperty {
  readonly type?: string | readonly string[]
}

/** A query holds text; its schema says what the text means. What does not fit stays text and is refused below. */
function typed(value: unknown, { type }: QueryProperty): unknown {
  if (type === 'array') return [value].flat().flatMap((item) => String(item).split(','))
  if (typeof value !== 'string') return value
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  if (type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true'
  return value
}

function typedQuery(query: Record<string, unknown>, schema: JsonSchema): Record<string, unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, QueryProperty>
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      return [name, property === undefined ? value : typed(value, property)]
    }),
  )
}

/**
 * Checks requests with the schemas of core, so that a misspelt field reads the same everywhere: path, what is allowed,
 * and the nearest right word; never the value.
 */
export const validatorCompiler: FastifySchemaCompiler<JsonSchema> = ({ schema, httpPart }) => {
  const compiled = compileSchema<unknown>(schema)
  const what = nameOfPart[httpPart ?? ''] ?? 'Request'
  return (data: unknown) => {
    const input = httpPart === 'querystring' ? typedQuery({ ...(data as object) }, schema) : data
    try {
      return { value: compiled.parse(input, what) }
    } catch (error) {
      return { error: error as Error }
    }
  }
}
