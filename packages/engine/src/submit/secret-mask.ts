import type { JsonObject, JsonSchema, JsonValue } from '@netpulse/core'
import { redacted } from '@netpulse/core'
import { replaceSecrets, secretValues } from './secret-values.js'

/** Keys whose answer is remembered: a schema has fewer, one that takes any key has no end of them. */
const mostKnown = 1000

/** Data without its secrets, and these. */
export interface Masked {
  /** Keys in order. */
  readonly data: JsonObject
  readonly secrets: readonly string[]
}

/**
 * Masks data of one schema, as `replaceSecrets` does. Whether a plain value at the top is secret is decided by its key
 * alone, so that the schema is asked once for each; what is deeper is looked at as a whole.
 */
export class SecretMask {
  readonly #schema: JsonSchema
  readonly #known = new Map<string, boolean>()

  constructor(schema: JsonSchema) {
    this.#schema = schema
  }

  mask(data: JsonObject): Masked {
    const secrets: string[] = []
    const hide = (secret: string): string => {
      secrets.push(secret)
      return redacted
    }
    const entries = Object.keys(data)
      .sort()
      .map((key): [string, JsonValue] => [key, this.#valueOf(key, data[key]!, hide)])
    return { data: Object.fromEntries(entries), secrets }
  }

  #valueOf(key: string, value: JsonValue, hide: (secret: string) => string): JsonValue {
    if (typeof value === 'object' && value !== null) return replaceSecrets(this.#schema, { [key]: value }, hide)[key]!
    if (typeof value !== 'string' && typeof value !== 'number') return value
    return this.#isSecret(key) ? hide(String(value)) : value
  }

  #isSecret(key: string): boolean {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const isSecret = secretValues(this.#schema, { [key]: 'x' }).length > 0
    if (this.#known.size < mostKnown) this.#known.set(key, isSecret)
    return isSecret
  }
}
