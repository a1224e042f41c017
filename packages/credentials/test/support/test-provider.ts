import { Secret } from '@netpulse/core'
import type { CredentialCall, CredentialFields, CredentialProvider, CredentialQuery } from '@netpulse/plugin-sdk'
import type { ProviderSetup } from '../../src/index.js'

/** A provider whose answers a test decides one by one. */
export class HeldProvider implements CredentialProvider {
  readonly asked: {
    readonly query: CredentialQuery
    readonly signal: AbortSignal
    answer: (fields: Readonly<Record<string, string>>) => void
    fail: (error: unknown) => void
  }[] = []
  disposed = 0

  fetch(query: CredentialQuery, { signal }: CredentialCall): Promise<CredentialFields> {
    return new Promise((resolve, reject) => {
      this.asked.push({
        query,
        signal,
        answer: (fields) => resolve(new Map(Object.entries(fields).map(([name, value]) => [name, new Secret(value)]))),
        fail: reject,
      })
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed += 1
    return Promise.resolve()
  }
}

/** A provider that answers at once, with the same fields to every question. */
export class ConstantProvider extends HeldProvider {
  readonly #fields: Readonly<Record<string, string>>

  constructor(fields: Readonly<Record<string, string>>) {
    super()
    this.#fields = fields
  }

  override fetch(query: CredentialQuery, call: CredentialCall): Promise<CredentialFields> {
    const answer = super.fetch(query, call)
    this.asked.at(-1)!.answer(this.#fields)
    return answer
  }
}

export const setupOf = (provider: CredentialProvider, more: Partial<ProviderSetup> = {}): ProviderSetup => ({
  manifest: { accepts: ['mount', 'version', 'namespace'], defaultMount: 'kv' },
  allowedPaths: [],
  cacheTtlSeconds: 30,
  open: () => Promise.resolve(provider),
  ...more,
})
