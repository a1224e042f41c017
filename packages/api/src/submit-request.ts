import type { JsonObject } from '@netpulse/core'
import type { SubmitRequest, WebhookRequest } from '@netpulse/engine'
import { assertReaches, targetOf } from './access/job-access.js'
import { assertMayUseSecrets } from './access/secret-use.js'
import { assertMayDo, isReadOnly } from './access/work-scopes.js'
import { apiError } from './errors.js'
import { fileTransferOf } from './file-transfer-request.js'
import type { CredentialRef } from './credential-reference.js'
import { credentialReferenceOf } from './credential-reference.js'
import type { Principal } from './principal.js'
import type { DeviceLoginRequest, ExecutionRequest } from './schemas/request-schemas.js'
import { withoutNulls } from './without-nulls.js'
import type { Webhook } from './schemas/webhook-schema.js'

/** What all jobs of one HTTP request have in common. */
export interface SubmitContext {
  readonly principal: Principal
  /** Names of the request-level switches of the configured drivers. */
  readonly switchNames: readonly string[]
  readonly defaults: {
    readonly ttlSeconds: number
    readonly executionTimeoutSeconds: number
    readonly resultTtlSeconds: number
  }
}

function switchesIn(body: Readonly<Record<string, unknown>>, names: readonly string[]): JsonObject {
  return withoutNulls(Object.fromEntries(names.map((name) => [name, body[name]])))
}

/** `connection_args` without what is left out. @throws HOST_REQUIRED */
function connectionArgsOf(args: Readonly<Record<string, unknown>>): JsonObject {
  const connection = withoutNulls(args)
  if (connection['host'] === undefined) throw apiError('HOST_REQUIRED', "'host' in connection_args is required.")
  return connection
}

/** A field with its value, or nothing where there is none. */
const given = <Name extends string, Value>(name: Name, value: Value | null | undefined) =>
  (value === undefined || value === null ? {} : { [name]: value }) as { readonly [Key in Name]?: Value }

/** The reference to a secret that a request names, if it does. */
const givenCredential = (credential: CredentialRef | null | undefined) =>
  given('credential', credential === undefined || credential === null ? undefined : credentialReferenceOf(credential))

/**
 * How a request that makes no job logs in to its device.
 * @throws HOST_REQUIRED, ROLE_TOO_LOW, DEVICE_NOT_ALLOWED
 */
export function deviceLoginOf(
  body: DeviceLoginRequest,
  principal: Principal,
): Pick<SubmitRequest, 'driver' | 'connectionArgs' | 'credential'> {
  const connectionArgs = connectionArgsOf(body.connection_args)
  assertReaches(principal, targetOf(connectionArgs))
  assertMayUseSecrets(principal, body)
  return { driver: body.driver, connectionArgs, ...givenCredential(body.credential) }
}

function webhookOf(webhook: Webhook | null | undefined): WebhookRequest | undefined {
  if (webhook === undefined || webhook === null) return undefined
  const { url, timeout, max_retries, retry_intervals, ...same } = webhook
  return {
    url,
    ...(withoutNulls(same) as Omit<WebhookRequest, 'url'>),
    ...given('timeoutSeconds', timeout),
    ...given('maxRetries', max_retries),
    ...given('retryIntervalsSeconds', retry_intervals),
  }
}

/** Text or lines; an object was refused before. */
type Text = string | readonly string[] | null | undefined

/** What the engine has to hold a key to: only it knows which commands read. */
function policyOf(principal: Principal, body: ExecutionRequest): Pick<SubmitRequest, 'policy'> {
  const allow = principal.policyAllow ?? []
  const readOnly = isReadOnly(principal, body)
  if (!readOnly && allow.length === 0) return {}
  return { policy: { ...(readOnly ? { readOnly } : {}), ...(allow.length === 0 ? {} : { allow }) } }
}

/** A file may take long: the engine knows how long. */
function executionTimeoutOf(
  { execution_timeout: asked, file_transfer: file }: ExecutionRequest,
  { executionTimeoutSeconds }: SubmitContext['defaults'],
): Pick<SubmitRequest, 'executionTimeoutSeconds'> {
  if (file && !asked) return {}
  return { executionTimeoutSeconds: asked ?? executionTimeoutSeconds }
}

/**
 * The only mapping of a request's wire names. What they mean, and which go together, the engine decides.
 * @throws HOST_REQUIRED, ROLE_TOO_LOW, DEVICE_NOT_ALLOWED
 */
export function submitRequestOf(
  body: ExecutionRequest,
  { principal, switchNames, defaults }: SubmitContext,
): SubmitRequest {
  const connectionArgs = connectionArgsOf(body.connection_args)
  assertReaches(principal, targetOf(connectionArgs, body.tags ?? []))
  assertMayDo(principal, body)
  assertMayUseSecrets(principal, body)
  return {
    driver: body.driver,
    connectionArgs,
    switches: switchesIn(body, switchNames),
    ttlSeconds: body.ttl ?? defaults.ttlSeconds,
    ...executionTimeoutOf(body, defaults),
    resultTtlSeconds: body.result_ttl ?? defaults.resultTtlSeconds,
    owner: principal.id,
    ...policyOf(principal, body),
    ...given('command', body.command as Text),
    ...given('config', body.config as Text),
    ...given('fileTransfer', fileTransferOf(body, principal)),
    ...given('driverArgs', body.driver_args && withoutNulls(body.driver_args)),
    ...given('queueStrategy', body.queue_strategy),
    ...given('tags', body.tags),
    ...given('transcript', body.transcript),
    ...given('detach', body.detach),
    ...given('pushIntervalSeconds', body.push_interval),
    ...givenCredential(body.credential),
    ...given('webhook', webhookOf(body.webhook)),
    ...given('auditMode', body.audit_mode),
  }
}
