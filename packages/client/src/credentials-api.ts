import type { CredentialRef, CredentialTest } from './models.js'
import type { CallOptions, Transport } from './transport.js'

/** Secrets that requests name instead of holding them. */
export class CredentialsApi {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Looks a reference up, without any value in the answer; a secret that is not there is an answer with `success: false`.
   * Needs the scope `secret:use`. @throws ValidationError; AuthenticationError for a path that is not allowed
   */
  async test(credential: CredentialRef, options: CallOptions = {}): Promise<CredentialTest> {
    const request = { method: 'POST', path: '/credentials/test', body: { credential }, repeatable: true } as const
    return (await this.#transport.send<CredentialTest>({ ...request, ...options })).body
  }
}
