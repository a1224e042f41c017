import type { DeviceSpec } from '../spec.js'
import type { Account } from '../transport/endpoint-host.js'

/** Who may log in to a device, and how many logins are still to be refused. */
export class Accounts {
  readonly #accounts: ReadonlyMap<string, Account>
  #toRefuse: number

  constructor(spec: DeviceSpec, first: { readonly username: string; readonly password: string }) {
    const privilege = spec.privilege ?? (spec.secret === undefined ? 15 : 1)
    const all = [first, ...(spec.users ?? [])].map((user) => ({ privilege, ...user }))
    this.#accounts = new Map(all.map((account) => [account.username, account]))
    this.#toRefuse = spec.refuseLogins ?? 0
  }

  /** The next logins fail although their password is right. */
  refuse(count: number): void {
    this.#toRefuse = count
  }

  /** The account, unless this login is one to refuse. */
  admit(username: string): Account | undefined {
    const account = this.#accounts.get(username)
    if (account === undefined || this.#toRefuse <= 0) return account
    this.#toRefuse--
    return undefined
  }

  withPassword(username: string, password: string): Account | undefined {
    return this.#accounts.get(username)?.password === password ? this.admit(username) : undefined
  }
}
