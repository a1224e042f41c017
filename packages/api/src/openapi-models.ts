import type { JsonSchema } from '@netpulse/core'

type Node = Record<string, unknown>

interface Document extends Node {
  components?: { schemas?: Record<string, unknown> }
}

const isObject = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

const isModel = (schema: Node): boolean => typeof schema['title'] === 'string' && 'type' in schema

/**
 * Names what has a title: each such schema moves to `components/schemas` and is referred to, so that the document is
 * short and generators of clients make one type of it. A model that may be `null` becomes a choice of both.
 */
export function hoistModels(document: Document, extra: Readonly<Record<string, JsonSchema>>): Document {
  const models: Record<string, unknown> = {}

  const hoist = (schema: Node): Node => {
    const { type, ...rest } = schema
    const types = [type].flat()
    const name = String(schema['title'])
    const own = types.filter((one) => one !== 'null')
    models[name] ??= walk({ ...rest, type: own.length === 1 ? own[0] : own }, true)
    const reference = { $ref: `#/components/schemas/${name}` }
    return types.includes('null') ? { anyOf: [reference, { type: 'null' }] } : reference
  }

  const walk = (value: unknown, inside = false): unknown => {
    if (Array.isArray(value)) return value.map((item) => walk(item))
    if (!isObject(value)) return value
    if (!inside && isModel(value)) return hoist(value)
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [key, key === 'examples' || key === 'example' ? child : walk(child)]),
    )
  }

  const paths = walk(document['paths'])
  return { ...document, paths, components: { ...document.components, schemas: { ...extra, ...models } } }
}
