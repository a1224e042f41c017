import { inspect } from 'node:util'
import { isNetPulseError, Secret } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import type { CredentialProvider, CredentialQuery } from '../credential.js'

/** A provider with a secret in it, made anew for each test. */
export interface ProviderFixture extends AsyncDisposable {
  readonly provider: CredentialProvider
}

export interface CredentialProviderUnderTest {
  readonly name: string
  /** A provider that has `fields` at `known` and nothing at `unknown`. */
  readonly open: () => Promise<ProviderFixture>
  readonly known: CredentialQuery
  /** At least two, with values of eight characters and more that stand nowhere else. */
  readonly fields: Readonly<Record<string, string>>
  readonly unknown: CredentialQuery
}

const never = new AbortController().signal

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('the call was to fail, and did not'),
    (reason: unknown) => reason,
  )
}

/** What every credential provider promises, a third party's too. Runs inside vitest. */
export function credentialProviderContract(under: CredentialProviderUnderTest): void {
  const { known, unknown, fields } = under
  const values = Object.values(fields)
  const assertHidden = (text: string): void => {
    for (const value of values) expect(text.includes(value), 'a value stands in the text').toBe(false)
  }

  describe(`credential provider ${under.name}`, () => {
    it('answers with every field of a secret, each of them hidden from logs and JSON', async () => {
      await using fixture = await under.open()
      const found = await fixture.provider.fetch(known, { signal: never })
      expect(Object.fromEntries([...found].map(([name, secret]) => [name, secret.reveal()]))).toEqual(fields)
      expect([...found.values()].every((secret) => secret instanceof Secret)).toBe(true)
      assertHidden(inspect(found, { depth: 10 }) + JSON.stringify([...found]))
    })

    it('answers many at once, each with all fields', async () => {
      await using fixture = await under.open()
      const asks = Array.from({ length: 20 }, () =>
        fixture.provider.fetch(known, { signal: new AbortController().signal }),
      )
      const sizes = (await Promise.all(asks)).map((found) => found.size)
      expect(sizes).toEqual(asks.map(() => Object.keys(fields).length))
    })

    it('says CREDENTIAL_NOT_FOUND where there is nothing, and goes on answering', async () => {
      await using fixture = await under.open()
      const error = await failureOf(fixture.provider.fetch(unknown, { signal: never }))
      expect(isNetPulseError(error) && [error.code, error.retryable]).toEqual(['CREDENTIAL_NOT_FOUND', false])
      assertHidden(inspect(error, { depth: 10 }) + JSON.stringify(error))
      expect((await fixture.provider.fetch(known, { signal: never })).size).toBe(values.length)
    })

    it('ends a call that is aborted with the reason of the signal', async () => {
      await using fixture = await under.open()
      const reason = new Error('nobody waits any more')
      expect(await failureOf(fixture.provider.fetch(known, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    })

    it('shows no value of its own when it is printed', async () => {
      await using fixture = await under.open()
      await fixture.provider.fetch(known, { signal: never })
      assertHidden(inspect(fixture.provider, { depth: 10 }))
    })

    it('can be disposed of twice', async () => {
      await using fixture = await under.open()
      await fixture.provider[Symbol.asyncDispose]()
      await fixture.provider[Symbol.asyncDispose]()
    })
  })
}
