import type { DeviceSelector } from './access/device-selectors.js'
import type { Scope } from './access/scopes.js'
import { scopesOf, scopesOfRole } from './access/scopes.js'

/**
 * A bundle of scopes, each with all that the one before has.
 *
 * | role | may |
 * |---|---|
 * | viewer | read jobs, workers, held devices |
 * | operator | also run and cancel jobs, test connections, lift holds |
 * | admin | everything, such as ending workers and managing keys |
 */
export type Role = 'viewer' | 'operator' | 'admin'

export const roles: readonly Role[] = ['viewer', 'operator', 'admin']

/** Who sent a request. */
export interface Principal {
  /** The API key's public id; it becomes the owner of the jobs. */
  readonly id: string
  readonly name: string
  readonly role: Role
  /** Instead of the role's scopes; `file:*` stands for all that begin so. @defaultValue the role's */
  readonly scopes?: readonly string[]
  /** The only devices that the key may reach: those that fit one of these. @defaultValue all */
  readonly devices?: readonly DeviceSelector[]
  /** Commands that this key may send although the command policy denies them. @defaultValue none */
  readonly policyAllow?: readonly string[]
}

/** Says whose API key this is; `undefined` refuses it. Must take the same time for every wrong key of one id. */
export type Authenticate = (key: string) => Principal | undefined | Promise<Principal | undefined>

/** By the list that they come from: a request asks several times, a list of jobs once for each. */
const knownScopes = new WeakMap<readonly string[], ReadonlySet<Scope>>()

/** Everything that a caller may do. */
export function scopesOfPrincipal({ role, scopes }: Principal): ReadonlySet<Scope> {
  const words = scopes ?? scopesOfRole[role]
  const known = knownScopes.get(words)
  if (known !== undefined) return known
  const granted = scopesOf(words)
  knownScopes.set(words, granted)
  return granted
}

export const hasScope = (principal: Principal, scope: Scope): boolean => scopesOfPrincipal(principal).has(scope)
