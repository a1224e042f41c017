import type { CredentialReference, JsonObject, SchemaViolation } from '@netpulse/core'
import { nearestWord } from '@netpulse/core'
import type { ResolvedValue } from '@netpulse/credentials'
import { mappedOptions } from '@netpulse/credentials'
import type { DriverEntry } from '../submit/driver-catalog.js'
import { invalidRequest, within } from '../submit/invalid-request.js'
import { secretValues } from '../submit/secret-values.js'

/**
 * What is wrong with the field mapping of a reference. A value may only go where it is kept secret, or to the login name:
 * one that were taken for the host, say, would be told to a name server.
 */
export function mappingViolations(driver: DriverEntry, { fieldMapping }: CredentialReference): SchemaViolation[] {
  if (fieldMapping === undefined) return []
  const { definition } = driver.connectionSchema
  const known = Object.keys((definition['properties'] ?? {}) as object)
  const fit = known.filter((name) => name === 'username' || secretValues(definition, { [name]: 'x' }).length > 0)
  return Object.keys(fieldMapping)
    .filter((option) => !fit.includes(option))
    .map((option) => {
      const nearest = nearestWord(option, fit)
      const hint = nearest === undefined ? `known: ${fit.join(', ')}` : `did you mean "${nearest}"?`
      return {
        path: `credential.field_mapping.${option}`,
        message: `must be an option of connection_args for a login name or a secret; ${hint}`,
      }
    })
}

/** Connection options without those that a reference will set: what is not used need not be stored. */
export function withoutResolved(connection: JsonObject, reference: CredentialReference | undefined): JsonObject {
  if (reference === undefined) return connection
  const resolved = new Set(mappedOptions(reference.fieldMapping))
  return Object.fromEntries(Object.entries(connection).filter(([name]) => !resolved.has(name)))
}

/** What stands for a value until it is resolved. */
const standIn = 'x'

/** Connection options with a stand-in for each that a reference will set: a driver may ask for a login name, say. */
export const withStandIns = (connection: JsonObject, { fieldMapping }: CredentialReference): JsonObject => ({
  ...connection,
  ...Object.fromEntries(mappedOptions(fieldMapping).map((option) => [option, standIn])),
})

/** The violations that are not about a stand-in: what a value is worth is seen when it is resolved. */
export function realViolations(
  violations: readonly SchemaViolation[],
  { fieldMapping }: CredentialReference,
): readonly SchemaViolation[] {
  const resolved = mappedOptions(fieldMapping).map((option) => `connection_args.${option}`)
  return violations.filter(({ path }) => !resolved.includes(path))
}

/**
 * The connection options with the resolved values among them, checked as a whole.
 * @throws INVALID_INPUT for a value that the driver does not take; never shows it
 */
export function completeConnection(
  driver: DriverEntry,
  connection: JsonObject,
  values: readonly ResolvedValue[],
): JsonObject {
  const whole: Record<string, JsonObject[string]> = { ...connection }
  for (const { option, secret } of values) whole[option] = secret.reveal()
  // The address is not among them, and was checked with the request.
  const violations = driver.connectionSchema.check({ host: 'checked', ...whole })
  if (violations.length > 0) throw invalidRequest(within('connection_args', violations))
  return whole
}

/** Secret texts of a connection, for redaction by value: the resolved ones too, wherever they were mapped to. */
export function connectionSecrets(
  driver: DriverEntry,
  connection: JsonObject,
  values: readonly ResolvedValue[] = [],
): readonly string[] {
  const resolved = values.filter(({ isName }) => !isName).map(({ secret }) => secret.reveal())
  return [...secretValues(driver.manifest.connectionSchema, connection), ...resolved]
}
