import type { JsonObject, JsonSchema, JsonValue } from '@netpulse/core'

/**
 * Option names that are secret whatever the schema says: a driver whose author forgot `writeOnly` must not leak a
 * password into a store.
 */
const secretNames: ReadonlySet<string> = new Set([
  'api_key',
  'passphrase',
  'password',
  'pkey',
  'private_key',
  'secret',
  'sudo_password',
  'token',
])

/** Called for each secret text; what it returns takes the text's place. */
type Replace = (secret: string) => string

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A schema with everything that applies at the same place: references, alternatives and conditions. */
function* layersOf(root: JsonSchema, schema: unknown, depth = 0): Generator<JsonSchema> {
  // A schema may refer to itself; no real one nests this deep at one place.
  if (!isObject(schema) || depth > 8) return
  yield schema
  const reference = schema['$ref']
  if (typeof reference === 'string' && reference.startsWith('#'))
    yield* layersOf(root, atPointer(root, reference), depth + 1)
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const branches = schema[keyword]
    if (Array.isArray(branches)) for (const branch of branches) yield* layersOf(root, branch, depth + 1)
  }
  for (const keyword of ['then', 'else']) yield* layersOf(root, schema[keyword], depth + 1)
}

function atPointer(root: JsonSchema, reference: string): unknown {
  let value: unknown = root
  for (const part of reference.split('/').slice(1))
    value = isObject(value) ? value[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  return value
}

/** Sub-schemas of one object key or array item. */
function* schemasOfKey(layers: readonly JsonSchema[], key: string): Generator<unknown> {
  for (const layer of layers) {
    const { properties, patternProperties, additionalProperties } = layer
    if (isObject(properties) && key in properties) yield properties[key]
    if (isObject(patternProperties))
      for (const [pattern, schema] of Object.entries(patternProperties)) if (new RegExp(pattern).test(key)) yield schema
    yield additionalProperties
  }
}

function* schemasOfItem(layers: readonly JsonSchema[], index: number): Generator<unknown> {
  for (const { prefixItems, items } of layers) {
    if (Array.isArray(prefixItems) && index < prefixItems.length) yield prefixItems[index]
    else yield items
  }
}

function replaceAll(value: JsonValue, replace: Replace): JsonValue {
  if (typeof value === 'string') return replace(value)
  if (typeof value === 'number') return replace(String(value))
  if (Array.isArray(value)) return value.map((item: JsonValue) => replaceAll(item, replace))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value as JsonObject).map(([key, item]) => [key, replaceAll(item, replace)]))
}

function mapAt(root: JsonSchema, schemas: Iterable<unknown>, value: JsonValue, replace: Replace): JsonValue {
  const layers = [...schemas].flatMap((schema) => [...layersOf(root, schema)])
  if (layers.some((layer) => layer['writeOnly'] === true)) return replaceAll(value, replace)
  if (Array.isArray(value))
    return value.map((item: JsonValue, index) => mapAt(root, schemasOfItem(layers, index), item, replace))
  if (!isObject(value)) return value
  const entries = Object.entries(value as JsonObject).map(([key, item]): [string, JsonValue] => [
    key,
    secretNames.has(key) ? replaceAll(item, replace) : mapAt(root, schemasOfKey(layers, key), item, replace),
  ])
  return Object.fromEntries(entries)
}

/** Whether a schema marks anything as secret, at whatever place: asked once, so that most requests need no look. */
export const marksSecrets = (schema: JsonSchema): boolean => JSON.stringify(schema).includes('"writeOnly":true')

/** Whether data has a key of a well-known secret name, however deep. */
export function namesSecret(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(namesSecret)
  return Object.entries(value as JsonObject).some(([key, item]) => secretNames.has(key) || namesSecret(item))
}

/** The data with every secret replaced: what stands at a `writeOnly: true` place of the schema, however deep. */
export function replaceSecrets(schema: JsonSchema, data: JsonObject, replace: Replace): JsonObject {
  return mapAt(schema, [schema], data, replace) as JsonObject
}

/** The secret texts in the data, for redaction by value. */
export function secretValues(schema: JsonSchema, data: JsonObject): readonly string[] {
  const found: string[] = []
  replaceSecrets(schema, data, (secret) => {
    found.push(secret)
    return secret
  })
  return found
}
