import type { Logger } from '@netpulse/core'
import type { NetPulseOptions } from '@netpulse/engine'
import type { Config } from './config-schema.js'
import { credentialOptions } from './credential-options.js'
import { configError } from './errors.js'
import { redisOptions } from './redis-options.js'

/** What a process runs, by `worker.mode`. */
export type Work = NonNullable<NetPulseOptions['work']>

/** Whether the jobs are in Redis, where other processes see them. */
export const isShared = ({ redis }: Config): boolean => redis.url !== undefined || redis.sentinel !== undefined

/**
 * Options of the engine, as the configuration says.
 * @throws CONFIG_INVALID for settings that do not fit together, CONFIG_UNREADABLE for a certificate
 */
export async function engineOptions(config: Config, work: Work, logger: Logger): Promise<NetPulseOptions> {
  const { worker, job, policy, limits } = config
  checkTogether(config, work)
  return {
    store: config.store,
    work,
    ...(isShared(config) ? { redis: await redisOptions(config.redis) } : {}),
    ...(config.keyring_file === undefined ? {} : { keyringFile: config.keyring_file }),
    ...(config.app_dir === undefined ? {} : { appDir: config.app_dir }),
    plugins: config.plugins,
    credentials: credentialOptions(config),
    scheduler: worker.scheduler,
    concurrency: worker.concurrency,
    capacity: worker.capacity,
    sessionsPerDevice: worker.sessions_per_device,
    idleTimeoutSeconds: worker.idle_timeout,
    probeAfterSeconds: worker.probe_after,
    drainTimeoutSeconds: worker.drain_timeout,
    afterUnknownOutcome: worker.after_unknown_outcome,
    leaseSeconds: worker.lease,
    policy: { deny: policy.deny, allow: policy.allow },
    logins: loginLimits(config),
    maxOutputPerCommand: limits.output_per_command,
    maxOutputPerJob: limits.output_per_job,
    maxQueuedPerDevice: job.max_queued_per_device,
    maxQueued: job.max_queued,
    webhooks: webhookOptions(config),
    audit: auditOptions(config),
    storage: storageOptions(config),
    ...(config.server.external_url === undefined ? {} : { externalUrl: config.server.external_url }),
    logger,
  }
}

const loginLimits = ({ logins }: Config): NonNullable<NetPulseOptions['logins']> => ({
  deviceFailures: logins.device_failures,
  devicePauseSeconds: logins.device_pause,
  credentialFailures: logins.credential_failures,
  credentialPauseSeconds: logins.credential_pause,
  perDevicePerMinute: logins.per_device_per_minute,
  perCredentialPerMinute: logins.per_credential_per_minute,
})
function storageOptions({ storage }: Config): NonNullable<NetPulseOptions['storage']> {
  const { staging, retention_hours: retentionHours, max_upload: maxUpload, link_ttl: linkTtlSeconds } = storage
  return { ...(staging === undefined ? {} : { staging }), retentionHours, maxUpload, linkTtlSeconds }
}

function webhookOptions({ webhooks }: Config): NonNullable<NetPulseOptions['webhooks']> {
  const { secret, previous_secret: previousSecret, allow, concurrency, per_receiver: perReceiver } = webhooks
  return {
    ...(secret === undefined ? {} : { secret }),
    ...(previousSecret === undefined ? {} : { previousSecret }),
    allow,
    concurrency,
    perReceiver,
  }
}

function auditOptions({ audit }: Config): NonNullable<NetPulseOptions['audit']> {
  const { enabled, allow_none: allowNone, retention_days: retentionDays, max_entries: maxEntries } = audit
  return {
    ...(enabled === undefined ? {} : { enabled }),
    allowNone,
    retentionDays,
    ...(maxEntries === undefined ? {} : { maxEntries }),
  }
}

function checkTogether(config: Config, work: Work): void {
  if (!isShared(config) && work === 'none')
    throw configError('CONFIG_INVALID', 'worker.mode none needs redis.url: without it nobody would run the jobs.')
  if (isShared(config) && config.store === 'memory:')
    throw configError(
      'CONFIG_INVALID',
      'With redis the store must be a folder: it keeps the name of this process and the keyring. The jobs are in Redis.',
    )
}
