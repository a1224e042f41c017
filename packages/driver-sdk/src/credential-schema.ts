import type { JsonSchema } from '@netpulse/core'

const text = (description: string, maxLength = 1024): JsonSchema => ({
  type: ['string', 'null'],
  minLength: 1,
  maxLength,
  description,
})

/**
 * Option `credential` of a login that stands in a list of `connection_args`: a jump host, a proxy. NetPulse looks the
 * reference up before the driver sees the connection, puts its values among the login's options and takes `credential` away.
 * Values go to options that are `writeOnly`, and to `username`. Fields as in `credential` of a request.
 */
export const credentialOption: JsonSchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  required: ['ref'],
  'x-credential': true,
  description:
    'Names a secret of a configured credential provider, whose values go over the options of this login. Fields as in `credential` of a request.',
  properties: {
    name: text('Configured name of the provider. Default: the only one there is.', 64),
    ref: { type: 'string', minLength: 1, maxLength: 1024, description: 'Where the secret is.' },
    mount: text('Secrets engine of the provider.'),
    version: { type: ['integer', 'null'], minimum: 1, description: 'Default: the newest.' },
    namespace: text('Default: the one that the provider is configured with.'),
    field_mapping: {
      type: ['object', 'null'],
      minProperties: 1,
      maxProperties: 20,
      propertyNames: { maxLength: 64 },
      additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
      description:
        'Option of this login to field of the secret. Default: `username` and `password`, and `pkey` where it has one.',
    },
  },
}
