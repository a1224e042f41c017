import type { Secret } from '@netpulse/core'
import type { CredentialFields } from '@netpulse/plugin-sdk'
import { credentialError } from '../errors.js'

/** Connection option to field of the secret. */
export type FieldMapping = Readonly<Record<string, string>>

const standard: FieldMapping = { username: 'username', password: 'password' }

/** Taken with the standard mapping where a secret has it. */
const standardExtra = 'pkey'

/** Fields that hold a login name, which devices print all the time: not hidden as a secret. */
const nameFields: ReadonlySet<string> = new Set(['username', 'user', 'login'])

/** One connection option with its value. */
export interface ResolvedValue {
  readonly option: string
  readonly secret: Secret
  /** A login name, which is not hidden in outputs. A password that is mapped to `username` is none. */
  readonly isName: boolean
}

/** Options that a reference sets, whatever its secret holds. */
export const mappedOptions = (mapping: FieldMapping | undefined): readonly string[] => Object.keys(mapping ?? standard)

/**
 * The values of a secret by connection option.
 * @throws CREDENTIAL_FIELD_MISSING, naming the missing fields and none of the others
 */
export function mapFields(fields: CredentialFields, mapping: FieldMapping | undefined): readonly ResolvedValue[] {
  const wanted = Object.entries(mapping ?? standard)
  if (mapping === undefined && fields.has(standardExtra)) wanted.push([standardExtra, standardExtra])
  const missing = wanted.filter(([, field]) => !fields.has(field)).map(([, field]) => field)
  if (missing.length > 0)
    throw credentialError('CREDENTIAL_FIELD_MISSING', `The secret has no field ${[...new Set(missing)].join(', ')}.`)
  return wanted.map(([option, field]) => ({
    option,
    secret: fields.get(field)!,
    isName: option === 'username' && nameFields.has(field),
  }))
}
