import type { JsonSchema } from '@netpulse/core'

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description })
const secret = (description: string): JsonSchema => ({ ...text(description), writeOnly: true })

/** The plugin itself has no options; each provider has its own. */
export const optionsSchema: JsonSchema = { type: 'object', additionalProperties: false, properties: {} }

/** Options of one Vault. */
export const providerSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['addr'],
  anyOf: [{ required: ['token'] }, { required: ['role_id', 'secret_id'] }],
  properties: {
    addr: { type: 'string', pattern: '^https?://[^\\s?#]+$', description: 'Address of Vault: `https://vault:8200`.' },
    token: secret('Token to log in with; tried first where there is an AppRole too.'),
    role_id: text('AppRole: its role id.'),
    secret_id: secret('AppRole: its secret id.'),
    approle_mount: { ...text('Where the AppRole method is mounted.'), default: 'approle' },
    namespace: text('Namespace of the login, and of references that name none.'),
    verify: {
      type: ['boolean', 'string'],
      default: true,
      description: "Check of Vault's certificate: `false` for none, or a PEM file of the authorities to trust.",
    },
    server_name: text("Name in Vault's certificate, where it is not that of `addr`."),
    cert: text('PEM file of the certificate that this client shows.'),
    key: text('PEM file of its private key.'),
    timeout: {
      type: 'number',
      minimum: 0.1,
      maximum: 120,
      default: 10,
      'x-unit': 's',
      description: 'Deadline of one lookup in all, with a login where it needs one.',
    },
  },
}
