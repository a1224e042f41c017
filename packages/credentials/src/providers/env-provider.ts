import { Secret } from '@netpulse/core'
import type { CredentialManifest, CredentialProvider } from '@netpulse/plugin-sdk'
import { pluginApiVersion, providerError } from '@netpulse/plugin-sdk'

/** Variables of the process's environment that can be read; no other ever is. */
const prefix = 'NETPULSE_CRED_'

/** Variables that the provider reads, with what they are for. */
export const credentialVariables: Readonly<Record<string, string>> = {
  [`${prefix}<REF>_<FIELD>`]:
    'Secret. A field of the credential with that reference, for providers with the plugin `env`, read by the process that resolves it: `NETPULSE_CRED_CORE_PASSWORD` is `password` of `CORE`.',
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Secrets in environment variables. The reference `CORE` stands for `NETPULSE_CRED_CORE_USERNAME`,
 * `NETPULSE_CRED_CORE_PASSWORD` and so on: the last word is the field, in lower case, and what is between the prefix and it
 * the reference, in any case. A field is one word, so that `CORE` never reads what belongs to `CORE_EDGE`.
 */
export const envProvider = (env: Environment): CredentialManifest => ({
  kind: 'credential',
  name: 'env',
  apiVersion: pluginApiVersion,
  optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
  providerSchema: { type: 'object', additionalProperties: false, properties: {} },
  accepts: [],
  load: () => Promise.resolve(() => new EnvProvider(env)),
})

const reference = /^[A-Z0-9]+(_[A-Z0-9]+)*$/
const field = /^[A-Z0-9]+$/

class EnvProvider implements CredentialProvider {
  readonly #env: Environment

  constructor(env: Environment) {
    this.#env = env
  }

  async fetch({ path }: { readonly path: string }, { signal }: { readonly signal: AbortSignal }) {
    signal.throwIfAborted()
    const name = path.toUpperCase()
    if (!reference.test(name))
      throw notFound('A reference to the environment is words of letters and digits, with _ between.')
    const start = `${prefix}${name}_`
    const fields = new Map<string, Secret>()
    for (const [variable, value] of Object.entries(this.#env)) {
      const word = variable.startsWith(start) ? variable.slice(start.length) : ''
      if (field.test(word) && value !== undefined && value !== '') fields.set(word.toLowerCase(), new Secret(value))
    }
    if (fields.size === 0) throw notFound(`The environment has no variable that begins with ${start}.`)
    return fields
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}

const notFound = (message: string): Error => providerError('CREDENTIAL_NOT_FOUND', message)
