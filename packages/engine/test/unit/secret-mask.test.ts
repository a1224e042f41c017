import type { JsonObject } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { SecretMask } from '../../src/submit/secret-mask.js'
import { replaceSecrets, secretValues } from '../../src/submit/secret-values.js'

const text = { type: 'string' }
const secret = { ...text, writeOnly: true }
const schema = {
  type: 'object',
  properties: {
    username: text,
    pin: { type: 'integer', writeOnly: true },
    pkey: text,
    hops: { type: 'array', items: { type: 'object', properties: { host: text, community: secret } } },
    keepalive: { type: 'number' },
  },
  patternProperties: { '^auth_': secret },
  allOf: [{ properties: { enable: secret } }],
}

const cases: readonly { readonly name: string; readonly data: JsonObject }[] = [
  { name: 'plain values', data: { username: 'admin', keepalive: 60, verbose: true, none: null } },
  { name: 'marked and well-known names', data: { pkey: 'KEY', enable: 'e', pin: 1234, auth_x: 'a', password: 'p' } },
  {
    name: 'what is deeper',
    data: { hops: [{ host: 'h', community: 'c' }, { password: 'q' }], token: { a: ['t', 1] } },
  },
]

describe('a mask of secrets', () => {
  it.each(cases)('hides what the schema says, every time: $name', ({ data }) => {
    const mask = new SecretMask(schema)
    for (let times = 0; times < 2; times++) {
      const masked = mask.mask(data)
      expect(masked.data).toEqual(replaceSecrets(schema, data, () => '[redacted]'))
      expect([...masked.secrets].sort()).toEqual([...secretValues(schema, data)].sort())
      expect(Object.keys(masked.data)).toEqual(Object.keys(data).sort())
    }
  })
})
