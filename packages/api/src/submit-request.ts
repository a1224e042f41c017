import type { JsonObject, JsonValue } from '@netpulse/core'
import type { SubmitRequest } from '@netpulse/engine'
import { apiError } from './errors.js'
import type { ExecutionRequest } from './schemas/request-schemas.js'

type Text = string | readonly string[]

/** What all jobs of one HTTP request have in common. */
export interface SubmitContext {
  readonly owner: string
  /** Names of the request-level switches of the configured drivers. */
  readonly switchNames: readonly string[]
  readonly defaults: {
    readonly ttlSeconds: number
    readonly executionTimeoutSeconds: number
    readonly resultTtlSeconds: number
  }
}

/** Without the fields that say nothing: `null` is how reference clients leave one out. */
export function withoutNulls(object: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== null),
  ) as JsonObject
}

function switchesIn(body: Readonly<Record<string, unknown>>, names: readonly string[]): JsonObject {
  return withoutNulls(Object.fromEntries(names.map((name) => [name, body[name]])))
}

/** @throws HOST_REQUIRED */
function connectionIn(args: Readonly<Record<string, unknown>>): JsonObject {
  const connection = withoutNulls(args)
  if (connection['host'] === undefined) throw apiError('HOST_REQUIRED', "'host' in connection_args is required.")
  return connection
}

/** The only mapping of a request's wire names. What they mean, and which go together, the engine decides. */
export function submitRequestOf(body: ExecutionRequest, context: SubmitContext): SubmitRequest {
  const { defaults } = context
  const optional: { [Key in keyof SubmitRequest]?: unknown } = withoutNulls({
    command: body.command,
    config: body.config,
    driverArgs: body.driver_args,
    queueStrategy: body.queue_strategy,
    tags: body.tags,
    transcript: body.transcript,
  })
  return {
    ...(optional as { command?: Text; config?: Text; driverArgs?: JsonObject; tags?: readonly string[] } & Record<
      string,
      JsonValue
    >),
    driver: body.driver,
    connectionArgs: connectionIn(body.connection_args),
    switches: switchesIn(body, context.switchNames),
    ttlSeconds: body.ttl ?? defaults.ttlSeconds,
    executionTimeoutSeconds: body.execution_timeout ?? defaults.executionTimeoutSeconds,
    resultTtlSeconds: body.result_ttl ?? defaults.resultTtlSeconds,
    owner: context.owner,
  }
}
