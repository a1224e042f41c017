import type { JsonObject, JsonSchema } from '@netpulse/core'

/** One credential provider, by the name that requests use. */
export interface CredentialProviderOptions {
  /** `env`, `file`, `vault`, or the name of a plugin of the kind `credential`. */
  readonly plugin: string
  /** What the plugin wants to know. @defaultValue none */
  readonly options?: JsonObject
  /**
   * Paths below which references may lie, compared by whole segments, the mount first where there are mounts:
   * `kv/netpulse`; `namespace:kv/netpulse` for one in another namespace.
   * @defaultValue none: everything that the provider lets NetPulse read
   */
  readonly allowedPaths?: readonly string[]
  /** How long a fetched secret is remembered in this process's memory. Seconds, 0 to 3600. @defaultValue 30 */
  readonly cacheTtlSeconds?: number
}

/** Secrets that requests name instead of holding them. */
export interface CredentialOptions {
  /** @defaultValue none */
  readonly providers?: Readonly<Record<string, CredentialProviderOptions>>
  /**
   * `worker`: the job carries the reference, and the worker that runs it learns the values just before it opens the session.
   * `controller`: the values are fetched when the job is taken in, and travel sealed like those of a request that holds them.
   * @defaultValue 'worker'
   */
  readonly resolve?: 'worker' | 'controller'
}

/** The same with every default filled in. */
export interface CredentialSettings {
  readonly providers: Readonly<Record<string, Required<CredentialProviderOptions>>>
  readonly resolve: 'worker' | 'controller'
}

/** The options as data; defaults stand here and nowhere else. */
export const credentialOptionsSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    resolve: { enum: ['worker', 'controller'], default: 'worker' },
    providers: {
      type: 'object',
      default: {},
      propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['plugin'],
        properties: {
          plugin: { type: 'string', minLength: 1 },
          options: { type: 'object', default: {} },
          allowedPaths: { type: 'array', items: { type: 'string' }, default: [] },
          cacheTtlSeconds: { type: 'number', minimum: 0, maximum: 3600, default: 30, 'x-unit': 's' },
        },
      },
    },
  },
}
