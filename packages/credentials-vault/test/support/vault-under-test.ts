import type { JsonObject, Logger } from '@netpulse/core'
import { compileSchema, isNetPulseError, silentLogger, systemClock } from '@netpulse/core'
import type { Clock } from '@netpulse/core'
import type { CredentialFields, CredentialProvider } from '@netpulse/plugin-sdk'
import plugin from '../../src/plugin.js'

/** A provider as NetPulse makes it: options checked, defaults filled in. */
export async function providerOf(
  options: JsonObject,
  { clock = systemClock, log = silentLogger }: { readonly clock?: Clock; readonly log?: Logger } = {},
): Promise<CredentialProvider> {
  const checked = compileSchema<JsonObject>(plugin.providerSchema).parse(structuredClone(options), 'options')
  const create = await plugin.load({})
  return create(checked, { clock, log })
}

export const revealed = (fields: CredentialFields): Record<string, string> =>
  Object.fromEntries([...fields].map(([name, secret]) => [name, secret.reveal()]))

/** Code and message of a failure. */
export const failureOf = (call: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> =>
  call.then(
    () => ({ code: 'no error', message: '' }),
    (error: unknown) => {
      if (!isNetPulseError(error)) throw error
      return { code: error.code, message: error.message }
    },
  )

export const signal = (): AbortSignal => new AbortController().signal
