import type { CredentialReference, JsonObject, JsonSchema, JsonValue } from '@netpulse/core'
import { secretValues } from '../submit/secret-values.js'

/** A connection option that lists further logins, each of which may come from a reference: `jump_hosts`. */
export interface LoginList {
  readonly option: string
  /** Options of each login that hold a name or a secret: where a credential's value may go. */
  readonly loginOptions: readonly string[]
}

/** Where a login stands in such a list. */
export interface LoginPlace {
  readonly list: LoginList
  readonly index: number
}

/** A login whose values come from a reference. */
export interface ReferencedLogin {
  readonly reference: CredentialReference
  /** Absent: the device's own login. */
  readonly place?: LoginPlace
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const propertiesOf = (schema: unknown): Readonly<Record<string, JsonSchema>> =>
  isObject(schema) && isObject(schema['properties']) ? (schema['properties'] as Record<string, JsonSchema>) : {}

/** Options of a schema that hold a login name or a secret. */
export const loginOptionsOf = (schema: JsonSchema): readonly string[] =>
  Object.keys(propertiesOf(schema)).filter(
    (name) => name === 'username' || secretValues(schema, { [name]: 'x' }).length > 0,
  )

/** The lists of logins among a driver's connection options: those whose items have a `credentialOption`. */
export const loginListsOf = (connectionSchema: JsonSchema): readonly LoginList[] =>
  Object.entries(propertiesOf(connectionSchema)).flatMap(([option, { items }]) =>
    propertiesOf(items)['credential']?.['x-credential'] === true
      ? [{ option, loginOptions: loginOptionsOf(items as JsonSchema) }]
      : [],
  )

/** What a login says of its reference. What is of another shape the schema refuses, and nobody looks up. */
function referenceOf(value: JsonValue | undefined): CredentialReference | undefined {
  if (!isObject(value) || typeof value['ref'] !== 'string') return undefined
  const given = Object.entries(value).filter(([, part]) => part !== null)
  const { field_mapping: fieldMapping, ...reference } = Object.fromEntries(given)
  const mapping = isObject(fieldMapping) ? { fieldMapping } : {}
  return { ...reference, ...mapping } as unknown as CredentialReference
}

const itemsOf = (connection: JsonObject, { option }: LoginList): readonly JsonValue[] => {
  const items = connection[option]
  return Array.isArray(items) ? (items as readonly JsonValue[]) : []
}

/** All logins of a connection that come from a reference; the device's own is the first. */
export function referencedLogins(
  lists: readonly LoginList[],
  connection: JsonObject,
  own: CredentialReference | undefined,
): readonly ReferencedLogin[] {
  const listed = lists.flatMap((list) =>
    itemsOf(connection, list).flatMap((item, index): readonly ReferencedLogin[] => {
      const reference = isObject(item) ? referenceOf(item['credential']) : undefined
      return reference === undefined ? [] : [{ reference, place: { list, index } }]
    }),
  )
  return own === undefined ? listed : [{ reference: own }, ...listed]
}

/** The connection with one login changed. */
export function withLogin(
  connection: JsonObject,
  place: LoginPlace | undefined,
  change: (login: JsonObject) => JsonObject,
): JsonObject {
  if (place === undefined) return change(connection)
  const { list, index } = place
  const items = itemsOf(connection, list).map((item, at) => (at === index ? change(item as JsonObject) : item))
  return { ...connection, [list.option]: items }
}
