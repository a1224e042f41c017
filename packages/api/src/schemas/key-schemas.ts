import { Type, type Static } from 'typebox'
import { scopeWords } from '../access/scopes.js'
import { longestOverlapSeconds } from '../keys/key-wish.js'
import { roles, type Role } from '../principal.js'
import { momentPattern } from './query-schemas.js'
import { keyExamples, rotateExamples } from './examples.js'

const text = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, description })

/** One selector of `devices`. */
export const DeviceSelectorSchema = Type.Object(
  {
    site: Type.Optional(text('`site` of the request.')),
    tag: Type.Optional(text('One of the `tags` of the request.')),
    host: Type.Optional(text('Host as the request writes it; `*` any characters, `?` one.')),
    cidr: Type.Optional(text('Range of addresses: `10.0.0.0/8`. A host that is a name never fits.', 50)),
  },
  {
    title: 'DeviceSelector',
    additionalProperties: false,
    minProperties: 1,
    description: 'Devices that have all that is said here.',
  },
)

const role = (description: string) => Type.Unsafe<Role>({ type: 'string', enum: [...roles], description })

const grants = {
  scopes: Type.Optional(
    Type.Array(Type.Unsafe<string>({ type: 'string', enum: [...scopeWords] }), {
      minItems: 1,
      maxItems: 100,
      description: 'Instead of those of the role. `file:*` stands for all that begin so.',
    }),
  ),
  devices: Type.Optional(
    Type.Array(DeviceSelectorSchema, {
      minItems: 1,
      maxItems: 100,
      description:
        'The only devices that the key reaches: those that fit one of these. `site` and `tag` are what requests say of themselves; `host` and `cidr` say where a connection may go.',
    }),
  ),
  policy_allow: Type.Optional(
    Type.Array(text('Rule of the command policy: `reload`, `wr[ite] er[ase]`.'), {
      minItems: 1,
      maxItems: 100,
      description: 'Commands that this key may send although the command policy denies them.',
    }),
  ),
}

/** Body of `POST /keys`. */
export const NewKeyRequest = Type.Object(
  {
    name: text('Who or what uses the key.', 200),
    role: role('`viewer` reads, `operator` also runs jobs, `admin` does everything.'),
    expires_at: Type.Optional(
      Type.String({
        pattern: momentPattern,
        description: 'From then on the key is refused. ISO 8601; without a zone it is UTC. Default: never.',
      }),
    ),
    ...grants,
  },
  { title: 'NewKeyRequest', additionalProperties: false, examples: keyExamples },
)
export type NewKeyRequest = Static<typeof NewKeyRequest>

/** Body of `POST /keys/{id}/rotate`. */
export const RotateKeyRequest = Type.Object(
  {
    overlap_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: longestOverlapSeconds,
        description:
          'How long the secret that the key has now is taken beside the new one. Default 0: it ends at once.',
      }),
    ),
  },
  { title: 'RotateKeyRequest', additionalProperties: false, examples: rotateExamples },
)
export type RotateKeyRequest = Static<typeof RotateKeyRequest>

const instant = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], description: `${description} ISO 8601.` })

const infoProperties = {
  id: Type.String({ description: 'Public: it stands in the key, in logs, and as the owner of jobs.' }),
  name: Type.String(),
  role: role('The bundle of scopes that it was made with.'),
  scopes: Type.Array(Type.String(), { description: 'All that the key may do.' }),
  devices: Type.Unsafe<readonly Static<typeof DeviceSelectorSchema>[] | null>({
    type: ['array', 'null'],
    items: DeviceSelectorSchema,
    description: 'The only devices that it reaches; `null`: all.',
  }),
  policy_allow: Type.Array(Type.String(), { description: 'Commands that it may send although they are denied.' }),
  status: Type.Unsafe<'active' | 'expired'>({ type: 'string', enum: ['active', 'expired'] }),
  created_at: Type.String({ description: 'ISO 8601.' }),
  expires_at: instant('`null`: never.'),
  rotated_at: instant('Last new secret.'),
  previous_valid_until: instant('Until then the secret before the last rotation is taken too.'),
  last_used_at: instant('Up to a minute late.'),
}

/** A key as it is shown: without its secret. */
export const ApiKeyInResponse = Type.Object(infoProperties, {
  title: 'ApiKey',
  description: 'An API key, without its secret.',
})
export type ApiKeyInResponse = Static<typeof ApiKeyInResponse>

/** Answer of the two requests that make a secret. */
export const NewKeyInResponse = Type.Object(
  {
    ...infoProperties,
    key: Type.String({ description: 'The key itself. It is nowhere kept: this is the only time it is told.' }),
  },
  { title: 'NewApiKey', description: 'An API key with its secret.' },
)
export type NewKeyInResponse = Static<typeof NewKeyInResponse>

/** Answer of `DELETE /keys/{id}`. */
export const RevokedKey = Type.Object(
  { id: Type.String(), status: Type.Unsafe<'revoked'>({ type: 'string', enum: ['revoked'] }) },
  { title: 'RevokedKey', description: 'A key that ended.' },
)
