import { assertScope } from '../authentication.js'
import type { Principal } from '../principal.js'
import { assertReaches, targetOf } from './job-access.js'

/** What of a request decides which secrets it names, and where they go. */
export interface SecretUse {
  readonly credential?: unknown
  readonly connection_args: Readonly<Record<string, unknown>>
  readonly tags?: readonly string[] | null | undefined
}

type Login = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Login =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Logins in the lists of `connection_args` that come from a reference: jump hosts. */
const listedLogins = (args: Login): readonly Login[] =>
  Object.values(args).flatMap((value) =>
    Array.isArray(value) ? value.filter(isObject).filter(({ credential }) => isObject(credential)) : [],
  )

/**
 * Whether the key may name the secrets that the request names. A further login that comes from a reference counts as a device
 * of its own: else a key that is limited to some devices could have a secret sent to any host.
 * @throws ROLE_TOO_LOW, DEVICE_NOT_ALLOWED
 */
export function assertMayUseSecrets(
  principal: Principal,
  { credential, connection_args: args, tags }: SecretUse,
): void {
  const listed = listedLogins(args)
  if (listed.length > 0 || isObject(credential)) assertScope(principal, ['secret:use'])
  for (const { host } of listed) assertReaches(principal, targetOf({ host, site: args['site'] }, tags ?? []))
}
