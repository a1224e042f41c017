/** What may be stored: everything else is refused before it reaches the database. */
export type SqlValue = string | number | null

/**
 * A value as it goes to the database. libsql 0.5 ends the whole process on a boolean, a `Date` or an object in a bind,
 * and SQLite reads a text only up to its first NUL; both are settled here.
 * @throws TypeError for a value of another type: a bug in the caller
 */
export function storable(value: SqlValue): SqlValue {
  if (value === null) return null
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`A value of type ${typeof value} cannot be stored.`)
}

/** The value as an SQL literal. */
export function literal(value: SqlValue): string {
  const safe = storable(value)
  if (safe === null) return 'NULL'
  return typeof safe === 'number' ? String(safe) : `'${safe.includes("'") ? safe.replaceAll("'", "''") : safe}'`
}

/** Values as a row of an SQL `VALUES` list. */
export const tuple = (values: readonly SqlValue[]): string => `(${values.map(literal).join(',')})`

/** A number that was read, where there is one. */
export const numberOf = (value: SqlValue | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)
