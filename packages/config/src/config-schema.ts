import type { JsonObject, JsonSchema, Schema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import { defaultScheduler } from '@netpulse/scheduler'
import { Type, type Static } from 'typebox'

const seconds = (minimum: number, maximum: number, preset: number, description: string) =>
  Type.Integer({ minimum, maximum, default: preset, description, 'x-unit': 's' })

const count = (maximum: number, preset: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: preset, description })

const bytes = (preset: number, description: string) =>
  Type.Integer({ minimum: 1024, maximum: 1024 ** 3, default: preset, description, 'x-unit': 'bytes' })

const section = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false, default: {} })

/** A credential provider as one writes it. */
export interface ConfiguredProvider {
  readonly plugin: string
  readonly options?: JsonObject
  readonly allowed_paths?: string | readonly string[]
  /** Seconds. */
  readonly cache_ttl?: number
}

const serverSection = section({
  host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address to listen on; `0.0.0.0` for all.' }),
  port: Type.Integer({ minimum: 0, maximum: 65_535, default: 9000, description: 'TCP port; 0 takes a free one.' }),
  prefix: Type.String({
    pattern: '^(/[A-Za-z0-9._~-]+)*$',
    default: '',
    description: 'Path below which the API stands, such as `/netpulse`.',
  }),
  external_url: Type.Optional(
    Type.String({
      pattern: '^https?://[^?#]+$',
      description:
        'Where clients reach this server, with its prefix: `https://netpulse.example`. Begins the links to files; the same for all servers and workers. Default: where each request went, and no links in webhooks.',
    }),
  ),
  api_key: Type.Optional(
    Type.String({
      writeOnly: true,
      description:
        'One more API key, with the role `admin`, for set-ups that bring their own secret. At least 16 characters; placeholders are refused.',
    }),
  ),
  api_key_name: Type.String({
    pattern: '^[A-Za-z0-9-]+$',
    default: 'X-API-KEY',
    description: 'Header of the API key. `Authorization: Bearer` is always taken too.',
  }),
  body_limit: Type.Integer({
    minimum: 1024,
    maximum: 1024 ** 3,
    default: 10 * 1024 ** 2,
    description: 'Longest request.',
    'x-unit': 'bytes',
  }),
  trusted_proxies: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description: 'Addresses or ranges of proxies whose `X-Forwarded-For` names the client, for limits by address.',
  }),
})

const limitsSection = section({
  requests_per_second: Type.Number({
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description:
      'Requests of one API key, counted by each server for itself; more are refused with 429. 0: any number.',
  }),
  burst: count(1_000_000, 100, 'Requests that one API key may send at once after a rest.'),
  failed_logins_per_minute: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 60,
    description: 'Requests with a wrong API key from one address; then its keys are not looked at. 0: any number.',
  }),
  devices_per_bulk: count(1_000_000, 10_000, 'Devices of one `POST /device/bulk`.'),
  output_per_command: bytes(16 * 1024 ** 2, 'Longest answer of a device to one command; what is longer is cut.'),
  output_per_job: bytes(64 * 1024 ** 2, 'Longest answers of a device to all commands of a job.'),
})

const rules = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description: `${description} Words: \`rel[oad]\`, \`clear ...\`.`,
  })

const policySection = section({
  deny: rules(
    'Commands that nobody may send, beside those that each platform denies by itself (`reload`, `write erase`).',
  ),
  allow: rules('Commands that may be sent although a platform denies them.'),
})

const workerSection = section({
  mode: Type.Optional(
    Type.Unsafe<'all' | 'node' | 'fifo' | 'none'>({
      type: 'string',
      enum: ['all', 'node', 'fifo', 'none'],
      description:
        'What the process runs: `node`, devices whose connections stay open; `fifo`, jobs with a connection of their own; `all`, both; `none`, nothing: a controller. Default: `all`, but `none` for a server with `redis`.',
    }),
  ),
  processes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 256,
      description:
        'Processes of `netpulse-worker`; `concurrency` and `capacity` are split over them. Default: one per core.',
    }),
  ),
  health_host: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: "Address of the worker's `/health/live` and `/health/ready`.",
  }),
  health_port: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65_535,
      description: 'TCP port of the same; 0 takes a free one. Default: none.',
    }),
  ),
  lease: Type.Number({
    minimum: 1,
    maximum: 300,
    default: 9,
    description:
      'A worker without a sign of life for this long is lost, and its devices go to others; a third more until that is seen. The same in all processes.',
    'x-unit': 's',
  }),
  scheduler: Type.String({ minLength: 1, default: defaultScheduler, description: 'Chooses the node of a new device.' }),
  concurrency: count(1000, 50, 'Jobs that run at once over connections of their own (`fifo`).'),
  capacity: count(1_000_000, 5000, 'Devices whose connections may be kept open at once (`pinned`).'),
  sessions_per_device: count(100, 1, 'Sessions that one pinned device may have open at once.'),
  idle_timeout: seconds(1, 86_400, 600, 'An open connection that nobody used for this long is closed.'),
  probe_after: seconds(0, 86_400, 30, 'A connection that idled this long is tried before its next job.'),
  drain_timeout: seconds(0, 3600, 30, 'Time that running jobs get when the server stops.'),
  after_unknown_outcome: Type.Unsafe<'hold' | 'allow'>({
    type: 'string',
    enum: ['hold', 'allow'],
    default: 'hold',
    description: 'Whether a change of unknown outcome holds back later changes of its device.',
  }),
})

const upTo = (maximum: number, preset: number, description: string) =>
  Type.Integer({ minimum: 0, maximum, default: preset, description })

const loginsSection = section({
  device_failures: upTo(
    1000,
    5,
    'Connections to a device that fail in a row before it is left alone for a while. 0: it never is.',
  ),
  device_pause: seconds(1, 3600, 30, 'How long at first; twice as long after each try that fails, up to ten times.'),
  credential_failures: upTo(
    1000,
    3,
    'Devices that refuse a credential in a row before it is used nowhere for a while, and refusals of one device before it is not used there. 0: it always is.',
  ),
  credential_pause: seconds(
    1,
    86_400,
    60,
    'How long at first; twice as long after each try that fails, up to ten times.',
  ),
  per_device_per_minute: upTo(
    1_000_000,
    0,
    'Logins of one process at one device in a minute; the others wait. 0: any number.',
  ),
  per_credential_per_minute: upTo(1_000_000, 0, 'The same with one credential.'),
})

const jobSection = section({
  ttl: seconds(1, 86_400, 300, 'Time in the queue before a job expires, when the request does not say.'),
  bulk_ttl: seconds(1, 86_400, 600, 'The same for jobs of `/device/bulk`.'),
  timeout: seconds(1, 86_400, 300, 'Deadline of a job on its device, when the request does not say.'),
  result_ttl: seconds(60, 604_800, 300, 'How long an ended job can be read, when the request does not say.'),
  max_queued_per_device: count(10_000_000, 10_000, 'Jobs that may wait for one device; more are refused with 429.'),
  max_queued: count(100_000_000, 1_000_000, 'Jobs that may wait in all.'),
})

const file = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

const secret = (description: string) => Type.Optional(Type.String({ minLength: 1, writeOnly: true, description }))

const time = (preset: number, description: string) =>
  Type.Number({ minimum: 0.1, maximum: 600, default: preset, description, 'x-unit': 's' })

/** Absent unless somebody sets something of it. */
const optionalSection = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Optional(Type.Object(properties, { additionalProperties: false }))

const redisSection = section({
  url: secret(
    '`redis://user:password@host:6379/0`, or `rediss://` for TLS. With it, or with `sentinel`, all servers and workers share the jobs.',
  ),
  username: Type.Optional(Type.String({ minLength: 1, description: 'ACL user.' })),
  password: secret('Wins over the one in `url`.'),
  database: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Wins over the one in `url`.' })),
  tls: optionalSection({
    ca: file('PEM file of the authorities to trust. Default: those of Node.'),
    cert: file('PEM file of the certificate that the client shows.'),
    key: file('PEM file of its private key.'),
    server_name: Type.Optional(Type.String({ minLength: 1, description: "Name in the server's certificate." })),
    reject_unauthorized: Type.Boolean({ default: true, description: '`false` accepts any certificate.' }),
  }),
  sentinel: optionalSection({
    addresses: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: '`host:port` of each Sentinel.' }),
    master_name: Type.String({ minLength: 1, default: 'mymaster', description: 'Name of the master.' }),
    username: Type.Optional(Type.String({ minLength: 1, description: 'ACL user of the Sentinels.' })),
    password: secret('Password of the Sentinels.'),
    tls: Type.Boolean({ default: false, description: 'Whether the Sentinels speak TLS.' }),
  }),
  key_prefix: Type.String({
    pattern: '^[A-Za-z0-9_.-]{1,64}$',
    default: 'np',
    description: 'Begins every key. Deployments that share a Redis need one each.',
  }),
  command_timeout: time(5, 'A command without an answer for this long has failed.'),
  connect_timeout: time(10, 'How long the start tries to reach Redis.'),
})

const credentialsSection = section({
  resolve: Type.Unsafe<'worker' | 'controller'>({
    type: 'string',
    enum: ['worker', 'controller'],
    default: 'worker',
    description:
      'Who learns the values of a `credential`: the worker that runs the job, just before it logs in; or the server that takes the request, so that they travel sealed with the job.',
  }),
  providers: Type.Unsafe<Readonly<Record<string, ConfiguredProvider>>>({
    type: 'object',
    default: {},
    propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' },
    description:
      'Where secrets are, by the name that requests use: `plugin` (`env`, `file`, `vault`, or one of `plugins`), its `options`, `allowed_paths`, `cache_ttl`. The same in all servers and workers.',
    additionalProperties: {
      type: 'object',
      additionalProperties: false,
      required: ['plugin'],
      properties: {
        plugin: { type: 'string', minLength: 1, description: 'Name of the plugin that knows the secrets.' },
        options: {
          type: 'object',
          default: {},
          writeOnly: true,
          description:
            'Those of the plugin: `file` of `file`; `addr`, `token` or `role_id` and `secret_id`, ... of `vault`.',
        },
        allowed_paths: {
          type: ['array', 'string'],
          items: { type: 'string' },
          default: [],
          description: 'Paths below which references may lie, by whole segments: `kv/netpulse`. Empty: no limit.',
        },
        cache_ttl: {
          type: 'number',
          minimum: 0,
          maximum: 3600,
          default: 30,
          'x-unit': 's',
          description: 'How long a secret is remembered in memory; 0: not at all.',
        },
      },
    },
  }),
})

const webhooksSection = section({
  secret: secret(
    'Signs every webhook as Standard Webhooks has it: `whsec_` and 24 to 64 random bytes in base64, from `echo "whsec_$(openssl rand -base64 32)"`. The same in all processes. Default: none, and messages carry no signature.',
  ),
  previous_secret: secret('The secret before: signs too, until every receiver has the new one.'),
  allow: Type.Array(Type.String({ minLength: 1 }), {
    default: [],
    description:
      'Addresses and CIDR blocks that webhooks may reach although they are private or otherwise special, such as `10.1.0.0/16`. All others of that kind are refused.',
  }),
  concurrency: count(1000, 50, 'Attempts that a process makes at once.'),
  per_receiver: count(
    100,
    5,
    'Attempts that a process makes at once at one receiver: a slow one holds up only its own.',
  ),
})

const auditSection = section({
  enabled: Type.Optional(
    Type.Boolean({
      description:
        'Whether to record who did what to which device: `GET /audit`. Default: yes, but not with `store: memory:`.',
    }),
  ),
  allow_none: Type.Boolean({
    default: true,
    description: 'Whether a request may keep its job out of it by `audit_mode: none`; if not it is refused with 403.',
  }),
  retention_days: Type.Number({
    minimum: 1,
    maximum: 36_500,
    default: 30,
    description: 'How long entries are kept.',
    'x-unit': 'd',
  }),
  max_entries: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 1_000_000_000,
      description:
        'Entries that are kept; the oldest go. Two a job. Default: 1000000, with `redis`, which has them in memory, 100000.',
    }),
  ),
})

const storageSection = section({
  staging: file(
    'Folder of files on their way to devices and from them; with `redis` one that all servers and workers share. Default: `staging` in `store`; with `redis` none, and files are refused.',
  ),
  retention_hours: Type.Number({
    minimum: 0.01,
    maximum: 8760,
    default: 24,
    description: 'How long a file stays that no job waits for.',
    'x-unit': 'h',
  }),
  max_upload: Type.Integer({
    minimum: 1024,
    maximum: 1024 ** 4,
    default: 1024 ** 3,
    description: 'Longest file that a client may upload.',
    'x-unit': 'bytes',
  }),
  link_ttl: seconds(1, 604_800, 3600, 'How long a link to a file holds.'),
})

const logSection = section({
  level: Type.Unsafe<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'>({
    type: 'string',
    enum: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    description: 'Least weight of a log line. `debug` has a line per request.',
  }),
})

/** Everything that can be set, with its default. Its keys are those of the YAML file. */
export const configDefinition = Type.Object(
  {
    store: Type.String({
      minLength: 1,
      default: '.netpulse',
      description:
        "Folder of jobs, host keys and API keys, made when missing; `memory:` loses them on exit. With `redis` it holds what is this process's own: its name, and the keyring.",
    }),
    keyring_file: file(
      'Keys that seal secrets in jobs; with `redis` the same file for all servers and workers. Default: `keyring.json` in `store`.',
    ),
    app_dir: Type.Optional(
      Type.String({
        minLength: 1,
        description: "Folder whose `node_modules` hold the plugins. Default: the server's own, with all built-in ones.",
      }),
    ),
    plugins: Type.Unsafe<Readonly<Record<string, JsonObject>>>({
      type: 'object',
      additionalProperties: { type: 'object' },
      default: {},
      description: 'npm packages of plugins, each with its options.',
    }),
    demo: Type.Integer({
      minimum: 0,
      maximum: 1000,
      default: 0,
      description: 'Simulated devices to start; jobs then go to `.netpulse/demo` unless `store` says otherwise.',
    }),
    server: serverSection,
    worker: workerSection,
    logins: loginsSection,
    job: jobSection,
    limits: limitsSection,
    policy: policySection,
    redis: redisSection,
    credentials: credentialsSection,
    webhooks: webhooksSection,
    audit: auditSection,
    storage: storageSection,
    log: logSection,
  },
  { additionalProperties: false },
)

/** The configuration with every default filled in. */
export type Config = Static<typeof configDefinition>

type Sections =
  'server' | 'worker' | 'job' | 'limits' | 'policy' | 'redis' | 'credentials' | 'webhooks' | 'audit' | 'storage' | 'log'

/** The configuration as one writes it: everything may be left out. */
export type ConfigInput = Partial<Omit<Config, Sections>> & {
  readonly [Section in Sections]?: Partial<Config[Section]>
}

/** The check of the configuration; fills in defaults. */
export const configSchema: Schema<Config> = compileSchema<Config>(configDefinition as unknown as JsonSchema)

/** Where a demonstration keeps its jobs when nobody says where. */
const demoStore = '.netpulse/demo'

/**
 * The configuration of a server that is started from a program.
 * @throws INVALID_INPUT
 */
export function completeConfig(input: ConfigInput): Config {
  const copy = structuredClone(input) as { store?: string; demo?: unknown }
  if (Number(copy.demo ?? 0) > 0) copy.store ??= demoStore
  return configSchema.parse(copy, 'Configuration')
}
