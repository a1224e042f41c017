import { Secret, systemClock } from '@netpulse/core'
import type { CredentialResolver, ProviderSetup } from '@netpulse/credentials'
import { createCredentialResolver } from '@netpulse/credentials'
import type { CredentialFields, CredentialProvider, CredentialQuery } from '@netpulse/plugin-sdk'
import { providerError } from '@netpulse/plugin-sdk'

/** A provider over a map that a test changes while jobs run. */
export class SecretShelf implements CredentialProvider {
  readonly secrets = new Map<string, Readonly<Record<string, string>>>()
  /** Paths that were asked for, in order. */
  readonly asked: string[] = []
  /** Thrown by the next calls, one each. */
  readonly failures: Error[] = []

  async fetch({ path }: CredentialQuery): Promise<CredentialFields> {
    this.asked.push(path)
    const failure = this.failures.shift()
    if (failure !== undefined) throw failure
    const fields = this.secrets.get(path)
    if (fields === undefined) throw providerError('CREDENTIAL_NOT_FOUND', `Nothing stands at ${path}.`)
    return new Map(Object.entries(fields).map(([name, value]) => [name, new Secret(value)]))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }

  resolver(more: Partial<ProviderSetup> = {}): CredentialResolver {
    const setup: ProviderSetup = {
      manifest: { accepts: ['version'] },
      allowedPaths: [],
      cacheTtlSeconds: 0,
      open: () => Promise.resolve(this),
      ...more,
    }
    return createCredentialResolver({ providers: new Map([['shelf', setup]]), clock: systemClock })
  }
}
