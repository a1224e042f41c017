/**
 * What a caller may do, each role all that the one before may.
 *
 * | role | may |
 * |---|---|
 * | viewer | read jobs, workers, held devices |
 * | operator | also run and cancel jobs, test connections, lift holds |
 * | admin | everything, such as ending workers |
 */
export type Role = 'viewer' | 'operator' | 'admin'

export const roles: readonly Role[] = ['viewer', 'operator', 'admin']

/** Who sent a request. */
export interface Principal {
  /** The API key's public id; it becomes the owner of the jobs. */
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** Says whose API key this is; `undefined` refuses it. Must take the same time for every wrong key of one id. */
export type Authenticate = (key: string) => Principal | undefined | Promise<Principal | undefined>

/** Whether `role` includes all that `needed` may. */
export const includesRole = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed)
