import type { Clock, Logger } from '@netpulse/core'
import { compileSchema, silentLogger, systemClock } from '@netpulse/core'
import { defaultScheduler } from '@netpulse/scheduler'
import type { AuditSettings } from './audit/audit-options.js'
import { auditOptionsSchema } from './audit/audit-options.js'
import type { CredentialSettings } from './credentials/credential-options.js'
import { credentialOptionsSchema } from './credentials/credential-options.js'
import type { LoginLimits } from './logins/login-limits.js'
import type { NetPulseOptions, StorageSettings, WebhookOptions } from './netpulse.js'
import type { Observe } from './observer.js'
import type { CommandPolicyRules } from './policy/command-policy.js'

type Plain = Omit<NetPulseOptions, 'hostKeys' | 'logger' | 'clock' | 'redis' | 'onEndRequested' | 'observe'>

const seconds = (minimum: number, maximum: number, preset: number): object => ({
  type: 'number',
  minimum,
  maximum,
  default: preset,
  'x-unit': 's',
})
const count = (maximum: number, preset: number): object => ({ type: 'integer', minimum: 1, maximum, default: preset })

const rules = { type: 'array', items: { type: 'string', minLength: 1 }, default: [] }

/** The options that are data. Defaults stand here and nowhere else. */
const schema = {
  type: 'object',
  properties: {
    store: { type: 'string', minLength: 1, default: '.netpulse' },
    work: { enum: ['all', 'node', 'fifo', 'none'], default: 'all' },
    leaseSeconds: seconds(1, 300, 9),
    keyringFile: { type: 'string', minLength: 1 },
    nodeIndex: { type: 'integer', minimum: 0 },
    appDir: { type: 'string', minLength: 1 },
    plugins: { type: 'object', additionalProperties: { type: 'object' }, default: {} },
    scheduler: { type: 'string', minLength: 1, default: defaultScheduler },
    concurrency: count(1_000, 50),
    capacity: count(1_000_000, 5_000),
    sessionsPerDevice: count(100, 1),
    idleTimeoutSeconds: seconds(1, 86_400, 600),
    probeAfterSeconds: seconds(0, 86_400, 30),
    maxQueuedPerDevice: count(10_000_000, 10_000),
    maxQueued: count(100_000_000, 1_000_000),
    afterUnknownOutcome: { enum: ['hold', 'allow'], default: 'hold' },
    drainTimeoutSeconds: seconds(0, 3_600, 30),
    credentials: credentialOptionsSchema,
    webhooks: {
      type: 'object',
      properties: {
        secret: { type: 'string', writeOnly: true },
        previousSecret: { type: 'string', writeOnly: true },
        allow: { type: 'array', items: { type: 'string' } },
        concurrency: count(1_000, 50),
        perReceiver: count(100, 5),
      },
      additionalProperties: false,
      default: {},
    },
    audit: auditOptionsSchema,
    policy: {
      type: 'object',
      properties: { deny: rules, allow: rules },
      additionalProperties: false,
      default: {},
    },
    logins: {
      type: 'object',
      properties: {
        deviceFailures: { type: 'integer', minimum: 0, maximum: 1_000, default: 5 },
        devicePauseSeconds: seconds(1, 3_600, 30),
        credentialFailures: { type: 'integer', minimum: 0, maximum: 1_000, default: 3 },
        credentialPauseSeconds: seconds(1, 86_400, 60),
        perDevicePerMinute: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
        perCredentialPerMinute: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
      },
      additionalProperties: false,
      default: {},
    },
    storage: {
      type: 'object',
      properties: {
        staging: { type: 'string', minLength: 1 },
        retentionHours: { type: 'number', exclusiveMinimum: 0, maximum: 8_760, default: 24 },
        maxUpload: count(1024 ** 4, 1024 ** 3),
        linkTtlSeconds: seconds(1, 604_800, 3_600),
      },
      additionalProperties: false,
      default: {},
    },
    externalUrl: { type: 'string', pattern: '^https?://[^?#]+$' },
    maxOutputPerCommand: count(1024 ** 3, 16 * 1024 ** 2),
    maxOutputPerJob: count(1024 ** 3, 64 * 1024 ** 2),
  },
  additionalProperties: false,
}

/** Options with every default filled in. */
export type Settings = Required<
  Omit<
    Plain,
    'keyringFile' | 'nodeIndex' | 'credentials' | 'webhooks' | 'policy' | 'logins' | 'audit' | 'storage' | 'externalUrl'
  >
> & {
  readonly audit: AuditSettings
  readonly storage: StorageSettings & Required<Omit<StorageSettings, 'staging'>>
  readonly externalUrl: string | undefined
  readonly credentials: CredentialSettings
  readonly policy: CommandPolicyRules
  readonly logins: LoginLimits
  readonly keyringFile: string | undefined
  readonly nodeIndex: number | undefined
  readonly webhooks: WebhookOptions & Required<Pick<WebhookOptions, 'concurrency' | 'perReceiver'>>
  /** Checked by the package that connects. */
  readonly redis: NetPulseOptions['redis']
  readonly onEndRequested: NetPulseOptions['onEndRequested']
  readonly observe: Observe
  readonly clock: Clock
  readonly logger: Logger
  readonly hostKeys: NetPulseOptions['hostKeys']
}

type Optional = 'keyringFile' | 'nodeIndex' | 'appDir' | 'externalUrl'
type Checked = Pick<Plain, Optional> &
  Required<Omit<Plain, Optional>> &
  Pick<Settings, 'credentials' | 'webhooks' | 'policy' | 'logins' | 'audit' | 'storage'>

/** @throws INVALID_INPUT */
export function settingsOf(options: NetPulseOptions): Settings {
  const { clock = systemClock, logger = silentLogger, hostKeys, redis, onEndRequested, ...rest } = options
  const { observe = (): void => undefined, ...plain } = rest
  // Defaults are written into copies.
  const copies = {
    credentials: structuredClone(plain.credentials ?? {}),
    webhooks: { ...plain.webhooks },
    logins: { ...plain.logins },
    audit: { ...plain.audit },
    storage: { ...plain.storage },
  }
  const checked = compileSchema<Checked>(schema).parse({ ...plain, ...copies }, 'The options of createNetPulse')
  const { appDir = process.cwd(), keyringFile, nodeIndex, externalUrl } = checked
  return {
    ...checked,
    appDir,
    keyringFile,
    nodeIndex,
    externalUrl,
    clock,
    logger,
    hostKeys,
    redis,
    onEndRequested,
    observe,
  }
}
