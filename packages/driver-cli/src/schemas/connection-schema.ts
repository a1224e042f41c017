import type { JsonSchema } from '@netpulse/core'
import { credentialOption } from '@netpulse/driver-sdk'

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, maxLength: 1024, description })
const secret = (description: string): JsonSchema => ({
  type: 'string',
  maxLength: 65_536,
  writeOnly: true,
  description,
})
/** What may be typed into a session: a line end in it would begin a command. */
const typed = { pattern: '^[^\\u0000-\\u001f\\u007f]*$' } as const
const flag = (description: string, byDefault: boolean): JsonSchema => ({
  type: 'boolean',
  default: byDefault,
  description,
})
const seconds = (description: string, byDefault: number, least = 1): JsonSchema => ({
  type: 'number',
  minimum: least,
  maximum: 3600,
  default: byDefault,
  'x-unit': 's',
  description,
})
/** Options of Netmiko that have no work to do here; accepted so that existing requests keep working. */
const withoutEffect = (schema: JsonSchema, why: string): JsonSchema => ({
  ...schema,
  description: `Accepted for compatibility with Netmiko, without effect: ${why}`,
})

const noDelays = 'an answer ends with its prompt, there are no delays.'

const login = {
  username: { ...text('Login name.'), ...typed },
  password: { ...secret('Password; also answers keyboard-interactive and telnet questions.'), ...typed },
  pkey: secret('Private key, PEM or OpenSSH text.'),
  passphrase: secret('Passphrase of the private key.'),
  key_file: text('Path of a private key on the worker. Used when `pkey` is not given.'),
} as const

const hostKeyPolicy: JsonSchema = {
  enum: ['tofu', 'strict', 'off'],
  description:
    '`tofu` (default) pins the key at the first connection and refuses another one later; `strict` connects only to pinned keys; `off` accepts any key and leaves you open to interception.',
}

const names = { type: 'array', items: { type: 'string', maxLength: 100 }, maxItems: 50 } as const

const algorithms: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description:
    'The SSH algorithms to offer to this device, in order of preference, instead of the default ones of their kind.',
  properties: { kex: names, host_key: names, cipher: names, mac: names },
}

const jumpHost: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['host', 'username'],
  properties: {
    host: text('Name or address of the jump host.'),
    port: { type: 'integer', minimum: 1, maximum: 65_535, default: 22 },
    ...login,
    username: { ...login.username, description: 'Login name. Not needed where `credential` gives it.' },
    credential: credentialOption,
    allow_agent: flag('Offer the keys of the SSH agent of the worker.', false),
    host_key_policy: hostKeyPolicy,
    legacy_algorithms: flag('Also offer old algorithms to this jump host.', false),
  },
}

const transport = {
  transport: {
    enum: ['ssh', 'telnet'],
    description: 'Default: `telnet` for a `device_type` that ends in `_telnet`, else `ssh`.',
  },
  use_keys: flag('Offer the key of `key_file`. `pkey` is offered in any case.', true),
  allow_agent: flag('Offer the keys of the SSH agent of the worker.', false),
  agent_socket: text('Socket of the SSH agent. Default: `SSH_AUTH_SOCK` of the worker. Needs `allow_agent`.'),
  host_key_policy: hostKeyPolicy,
  ssh_strict: {
    type: ['boolean', 'null'],
    description: 'Netmiko’s name for `host_key_policy: strict`. `host_key_policy` goes first where both are given.',
  },
  legacy_algorithms: flag('Also offer old SSH algorithms (SHA-1 key exchange, CBC ciphers) to this device.', false),
  algorithms,
  disabled_algorithms: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: { pubkeys: names },
    description:
      'Netmiko’s way to log in to servers that refuse RSA signatures with SHA-2. Accepted without effect: signatures are negotiated. For other kinds give `algorithms`.',
  },
  disable_sha2_fix: withoutEffect({ type: 'boolean' }, 'RSA signatures are negotiated.'),
  jump_hosts: {
    type: 'array',
    items: jumpHost,
    maxItems: 8,
    description:
      'SSH servers to go through, the first one dialled first; the last one connects to the device, by SSH or telnet.',
  },
  keepalive: {
    type: 'integer',
    minimum: 0,
    maximum: 86_400,
    default: 60,
    'x-unit': 's',
    description: 'SSH keepalive interval; an idle connection that does not answer is closed. 0: none.',
  },
  cli_keepalive: {
    type: 'integer',
    minimum: 0,
    maximum: 86_400,
    default: 0,
    'x-unit': 's',
    description:
      'An idle session sends a return and waits for its prompt at this interval, so that the device does not log it out. 0: never.',
  },
} as const

const timeouts = {
  conn_timeout: seconds('TCP connection, per hop.', 10),
  banner_timeout: seconds('From the TCP connection to the SSH banner of the device.', 15),
  auth_timeout: seconds('SSH key exchange and authentication.', 30),
  timeout: seconds('First prompt after the login, and each step of opening, closing and changing modes.', 30),
} as const

const terminal = {
  encoding: {
    enum: ['utf-8', 'utf8', 'latin1', 'iso-8859-1', 'ascii'],
    default: 'utf-8',
    description: 'How the device’s bytes are read.',
  },
  terminal_width: {
    type: 'integer',
    minimum: 40,
    maximum: 1000,
    default: 511,
    description: 'Columns of the terminal that is asked for. Wide, so that echoes are not wrapped.',
  },
} as const

const ignored = {
  ip: withoutEffect({ type: 'string' }, 'give `host`.'),
  verbose: withoutEffect({ type: 'boolean' }, 'ask for a transcript instead.'),
  global_delay_factor: withoutEffect({ type: 'number' }, noDelays),
  fast_cli: withoutEffect({ type: 'boolean' }, noDelays),
  global_cmd_verify: withoutEffect({ type: ['boolean', 'null'] }, 'set `cmd_verify` per request.'),
  session_timeout: withoutEffect({ type: ['number', 'null'] }, 'one job at a time uses a session.'),
  blocking_timeout: withoutEffect({ type: ['number', 'null'] }, 'reading never blocks.'),
  session_log: withoutEffect({ type: 'null' }, 'ask for a transcript instead.'),
  session_log_record_writes: withoutEffect({ type: 'boolean' }, 'ask for a transcript instead.'),
  session_log_file_mode: withoutEffect({ type: 'string' }, 'ask for a transcript instead.'),
  default_enter: withoutEffect({ type: ['string', 'null'] }, 'the platform has it.'),
  response_return: withoutEffect({ type: ['string', 'null'] }, 'the platform has it.'),
  allow_auto_change: withoutEffect({ type: 'boolean' }, 'the platform says what is set up.'),
  system_host_keys: withoutEffect({ const: false }, 'NetPulse keeps its own host keys.'),
  alt_host_keys: withoutEffect({ const: false }, 'NetPulse keeps its own host keys.'),
  alt_key_file: withoutEffect({ const: '' }, 'NetPulse keeps its own host keys.'),
} as const

/** `connection_args` of the driver, beside `host`, `port`, `device` and `site`. */
export const connectionSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['device_type'],
  properties: {
    device_type: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      description: 'Platform of the device by its name or by a Netmiko device type: `cisco_iosxe`, `cisco_ios_telnet`.',
    },
    ...login,
    secret: { ...secret('Answers the device where it asks for a secret to change the mode (`enable`).'), ...typed },
    ...transport,
    ...timeouts,
    ...terminal,
    ...ignored,
  },
}
