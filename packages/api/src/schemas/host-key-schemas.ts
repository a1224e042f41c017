import { Type, type Static } from 'typebox'

const fingerprint = {
  pattern: '^SHA256:[A-Za-z0-9+/]{43}$',
  description: 'SHA-256 of the key as `ssh-keygen -l` prints it: `SHA256:` and 43 characters.',
}

const type = 'Key type as SSH names it: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, ...'

export const PinnedHostKey = Type.Object(
  {
    address: Type.String({ description: '`host:port` as it is dialled, jump hosts too.' }),
    type: Type.String({ description: type }),
    fingerprint: Type.String({ description: fingerprint.description }),
    first_seen_at: Type.String({ description: 'When it was pinned. ISO 8601.' }),
  },
  { title: 'PinnedHostKey' },
)
export type PinnedHostKey = Static<typeof PinnedHostKey>

export const HostKeyParams = Type.Object({
  address: Type.String({
    minLength: 3,
    maxLength: 300,
    pattern: '^\\S+:\\d{1,5}$',
    examples: ['192.0.2.9:22'],
    description: '`host:port` as it is dialled, URL-encoded.',
  }),
})
export type HostKeyParams = Static<typeof HostKeyParams>

/** Body of `PUT /host-keys/{address}`: the key itself, or its type and fingerprint. */
export const HostKeyRequest = Type.Object(
  {
    public_key: Type.Optional(
      Type.String({
        maxLength: 20_000,
        description: 'The public key as in `known_hosts` or a `.pub` file: type, base64, perhaps a comment.',
      }),
    ),
    type: Type.Optional(Type.String({ maxLength: 100, pattern: '^[a-z0-9@.-]+$', description: type })),
    fingerprint: Type.Optional(Type.String(fingerprint)),
  },
  {
    title: 'HostKeyRequest',
    additionalProperties: false,
    description: 'Either `public_key`, or `type` and `fingerprint`.',
    examples: [
      { type: 'ssh-ed25519', fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU' },
      { public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl' },
    ],
  },
)
export type HostKeyRequest = Static<typeof HostKeyRequest>
