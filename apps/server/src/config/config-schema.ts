import type { JsonObject, JsonSchema, Schema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import { Type, type Static } from 'typebox'

const seconds = (minimum: number, maximum: number, preset: number, description: string) =>
  Type.Integer({ minimum, maximum, default: preset, description, 'x-unit': 's' })

const count = (maximum: number, preset: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: preset, description })

const section = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false, default: {} })

const serverSection = section({
  host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address to listen on; `0.0.0.0` for all.' }),
  port: Type.Integer({ minimum: 0, maximum: 65_535, default: 9000, description: 'TCP port; 0 takes a free one.' }),
  prefix: Type.String({
    pattern: '^(/[A-Za-z0-9._~-]+)*$',
    default: '',
    description: 'Path below which the API stands, such as `/netpulse`.',
  }),
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
})

const workerSection = section({
  scheduler: Type.String({ minLength: 1, default: 'least_load', description: 'Chooses the node of a new device.' }),
  concurrency: count(1000, 50, 'Jobs that run at once over connections of their own (`fifo`).'),
  capacity: count(1_000_000, 5000, 'Devices whose connections may be kept open at once (`pinned`).'),
  sessions_per_device: count(100, 1, 'Sessions that one device may have open at once.'),
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

const jobSection = section({
  ttl: seconds(1, 86_400, 300, 'Time in the queue before a job expires, when the request does not say.'),
  bulk_ttl: seconds(1, 86_400, 600, 'The same for jobs of `/device/bulk`.'),
  timeout: seconds(1, 86_400, 300, 'Deadline of a job on its device, when the request does not say.'),
  result_ttl: seconds(60, 604_800, 300, 'How long an ended job can be read, when the request does not say.'),
  max_queued_per_device: count(10_000_000, 10_000, 'Jobs that may wait for one device; more are refused with 429.'),
  max_queued: count(100_000_000, 1_000_000, 'Jobs that may wait in all.'),
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
      description: 'Folder of jobs, host keys and API keys, made when missing; `memory:` loses them on exit.',
    }),
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
    job: jobSection,
    log: logSection,
  },
  { additionalProperties: false },
)

/** The configuration with every default filled in. */
export type ServerConfig = Static<typeof configDefinition>

type Sections = 'server' | 'worker' | 'job' | 'log'

/** The configuration as one writes it: everything may be left out. */
export type ServerConfigInput = Partial<Omit<ServerConfig, Sections>> & {
  readonly [Section in Sections]?: Partial<ServerConfig[Section]>
}

/** The check of the configuration; fills in defaults. */
export const configSchema: Schema<ServerConfig> = compileSchema<ServerConfig>(configDefinition as unknown as JsonSchema)

/** Where a demonstration keeps its jobs when nobody says where. */
const demoStore = '.netpulse/demo'

/**
 * The configuration of a server that is started from a program.
 * @throws INVALID_INPUT
 */
export function completeConfig(input: ServerConfigInput): ServerConfig {
  const copy = structuredClone(input) as { store?: string; demo?: unknown }
  if (Number(copy.demo ?? 0) > 0) copy.store ??= demoStore
  return configSchema.parse(copy, 'Configuration')
}
