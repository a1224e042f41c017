import type { CredentialReference } from '@netpulse/core'
import { Type, type Static } from 'typebox'
import { withoutNulls } from './without-nulls.js'

const text = (description: string, maxLength = 1024) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1, maxLength, description }))

/** `credential` of a request: where a secret is, and never the secret itself. */
export const CredentialRef = Type.Object(
  {
    name: text('Configured name of the provider. Default: the only one there is.', 64),
    ref: Type.String({
      minLength: 1,
      maxLength: 1024,
      description:
        'Where the secret is: a path below the mount, or a name. No `..`, no empty segment, nothing encoded.',
    }),
    mount: text("Secrets engine of the provider. Default: the provider's, `kv` for Vault."),
    version: Type.Optional(
      Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1, description: 'Default: the newest.' }),
    ),
    namespace: text('Default: the one that the provider is configured with.'),
    field_mapping: Type.Optional(
      Type.Unsafe<Readonly<Record<string, string>> | null>({
        type: ['object', 'null'],
        minProperties: 1,
        maxProperties: 20,
        propertyNames: { maxLength: 64 },
        additionalProperties: { type: 'string', minLength: 1, maxLength: 256 },
        description:
          'Option of `connection_args` to field of the secret. Default: `username` and `password` to those of the same name, and `pkey` where the secret has it.',
      }),
    ),
  },
  {
    title: 'CredentialRef',
    additionalProperties: false,
    description:
      'Names a secret of a configured credential provider. Its values go into `connection_args`, over what stands there; `username` and `password` need not be there then.',
    examples: [{ ref: 'network/core' }, { name: 'vault', ref: 'network/core', mount: 'kv', version: 3 }],
  },
)
export type CredentialRef = Static<typeof CredentialRef>

/** The same, left out or `null` where a request logs in by what it holds. */
export const optionalCredential = Type.Optional(
  Type.Unsafe<CredentialRef | null>({ ...CredentialRef, type: ['object', 'null'] }),
)

/** The only mapping of the wire names. */
export function credentialReferenceOf(credential: CredentialRef): CredentialReference {
  const { field_mapping: fieldMapping, ...reference } = withoutNulls(credential)
  return { ...reference, ...(fieldMapping === undefined ? {} : { fieldMapping }) } as unknown as CredentialReference
}
