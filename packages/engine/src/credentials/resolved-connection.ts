import type { CredentialReference, JsonObject, SchemaViolation } from '@netpulse/core'
import { nearestWord } from '@netpulse/core'
import type { CredentialResolver, ResolvedValue } from '@netpulse/credentials'
import { mappedOptions } from '@netpulse/credentials'
import type { DriverEntry } from '../submit/driver-catalog.js'
import { invalidRequest, within } from '../submit/invalid-request.js'
import { secretValues } from '../submit/secret-values.js'
import type { LoginPlace, ReferencedLogin } from './login-lists.js'
import { withLogin } from './login-lists.js'

/** A login with what its reference leads to. */
export interface ResolvedLogin {
  /** Absent: the device's own login. */
  readonly place?: LoginPlace
  readonly values: readonly ResolvedValue[]
}

const pathOf = (place: LoginPlace | undefined): string =>
  place === undefined ? 'connection_args' : `connection_args.${place.list.option}[${place.index}]`

const mappingPathOf = (place: LoginPlace | undefined): string =>
  place === undefined ? 'credential.field_mapping' : `${pathOf(place)}.credential.field_mapping`

/**
 * What is wrong with the field mappings of references. A value may only go where it is kept secret, or to the login name:
 * one that were taken for the host, say, would be told to a name server.
 */
export const mappingViolations = (
  driver: DriverEntry,
  logins: readonly ReferencedLogin[],
): readonly SchemaViolation[] => logins.flatMap((login) => violationsOfMapping(driver, login))

function violationsOfMapping(driver: DriverEntry, { reference, place }: ReferencedLogin): readonly SchemaViolation[] {
  const fit = place?.list.loginOptions ?? driver.loginOptions
  return Object.keys(reference.fieldMapping ?? {})
    .filter((option) => !fit.includes(option))
    .map((option) => {
      const nearest = nearestWord(option, fit)
      const hint = nearest === undefined ? `known: ${fit.join(', ')}` : `did you mean "${nearest}"?`
      return {
        path: `${mappingPathOf(place)}.${option}`,
        message: `must be an option of ${place?.list.option ?? 'connection_args'} for a login name or a secret; ${hint}`,
      }
    })
}

const resolvedOptions = ({ fieldMapping }: CredentialReference): readonly string[] => mappedOptions(fieldMapping)

const changed = <Login extends { readonly place?: LoginPlace }>(
  connection: JsonObject,
  logins: readonly Login[],
  change: (login: JsonObject, by: Login) => JsonObject,
): JsonObject =>
  logins.reduce((whole, login) => withLogin(whole, login.place, (options) => change(options, login)), connection)

/** Connection options without those that references will set: what is not used need not be stored. */
export const withoutResolved = (connection: JsonObject, logins: readonly ReferencedLogin[]): JsonObject =>
  changed(connection, logins, (login, { reference }) => {
    const resolved = new Set(resolvedOptions(reference))
    return Object.fromEntries(Object.entries(login).filter(([name]) => !resolved.has(name)))
  })

/** What stands for a value until it is resolved. */
const standIn = 'x'

/** Connection options with a stand-in for each that a reference will set: a driver may ask for a login name, say. */
export const withStandIns = (connection: JsonObject, logins: readonly ReferencedLogin[]): JsonObject =>
  changed(connection, logins, (login, { reference }) => ({
    ...login,
    ...Object.fromEntries(resolvedOptions(reference).map((option) => [option, standIn])),
  }))

/** The violations that are not about a stand-in: what a value is worth is seen when it is resolved. */
export function realViolations(
  violations: readonly SchemaViolation[],
  logins: readonly ReferencedLogin[],
): readonly SchemaViolation[] {
  const resolved = logins.flatMap(({ reference, place }) =>
    resolvedOptions(reference).map((option) => `${pathOf(place)}.${option}`),
  )
  return violations.filter(({ path }) => !resolved.includes(path))
}

/**
 * Looks all references up, each by itself.
 * @throws what the resolver throws; the signal's reason
 */
export const resolveLogins = (
  credentials: Pick<CredentialResolver, 'resolve'>,
  logins: readonly ReferencedLogin[],
  signal: AbortSignal,
): Promise<readonly ResolvedLogin[]> =>
  Promise.all(
    logins.map(async ({ reference, ...place }) => ({ ...place, values: await credentials.resolve(reference, signal) })),
  )

/**
 * The connection options with the resolved values among them, checked as a whole.
 * @throws INVALID_INPUT for a value that the driver does not take; never shows it
 */
export function completeConnection(
  driver: DriverEntry,
  connection: JsonObject,
  logins: readonly ResolvedLogin[],
): JsonObject {
  const whole = changed(connection, logins, ({ credential: _looked, ...login }, { values }) => ({
    ...login,
    ...Object.fromEntries(values.map(({ option, secret }) => [option, secret.reveal()])),
  }))
  // The address is not among them, and was checked with the request. The check fills in defaults, in a copy.
  const violations = driver.connectionSchema.check({ host: 'checked', ...structuredClone(whole) })
  if (violations.length > 0) throw invalidRequest(within('connection_args', violations))
  return whole
}

/** Resolved values that nobody may see: all but login names. */
export const hiddenTexts = (logins: readonly ResolvedLogin[]): readonly string[] =>
  logins.flatMap(({ values }) => values.filter(({ isName }) => !isName).map(({ secret }) => secret.reveal()))

/** Secret texts of a connection, for redaction by value: the resolved ones too, wherever they were mapped to. */
export function connectionSecrets(
  driver: DriverEntry,
  connection: JsonObject,
  logins: readonly ResolvedLogin[] = [],
): readonly string[] {
  return [...secretValues(driver.manifest.connectionSchema, connection), ...hiddenTexts(logins)]
}
