import type { JobKind, JsonObject, JsonSchema, Operation, QueueStrategy } from '@netpulse/core'
import type { PluginManifest } from '@netpulse/plugin-sdk'
import type { Driver, DriverServices } from './driver.js'

/** The heavy part of a driver: made into a driver with what the engine lends it. */
export type DriverFactory = (services: DriverServices) => Driver

/** What a request asks of a driver, for checks that need more than a schema. */
export interface DriverRequest {
  /** Checked `connection_args`, defaults filled in. What a credential reference will set has a stand-in. */
  readonly connection: JsonObject
  readonly operation: Operation
  /** Checked `driver_args`, defaults filled in. */
  readonly options: JsonObject
  readonly switches: JsonObject
}

/** Answers questions about requests without talking to a device. Light: it runs in the API process. */
export interface DriverPlanner {
  /**
   * What a request would do to its device, and whether it can be done at all.
   * @throws INVALID_INPUT for an unknown platform, a switch that the platform lacks, ...
   */
  plan(request: DriverRequest): Promise<DriverPlan>
}

export interface DriverPlan {
  readonly kind: JobKind
  /** Platform name after aliases, where the driver knows platforms. */
  readonly platform?: string
}

/**
 * A driver's description. The schemas are the wire: their keys are the names that clients write (`snake_case`), and
 * every unknown key is refused. Mark secrets with `writeOnly: true`; their values are sealed and redacted.
 */
export interface DriverManifest extends PluginManifest<'driver', DriverFactory> {
  /** TCP port of a device when the request gives none. */
  readonly defaultPort: number
  readonly defaultStrategy: QueueStrategy
  /** `connection_args` beside `host`, `port`, `device` and `site`, which NetPulse itself takes. */
  readonly connectionSchema: JsonSchema
  /** `driver_args` of a request with `command`. */
  readonly commandSchema: JsonSchema
  /** `driver_args` of a request with `config`. */
  readonly configSchema: JsonSchema
  /** Request-level switches of this driver: `save`, `enable_mode`, `dry_run`. */
  readonly switchesSchema: JsonSchema
  /** Absent: every command is `opaque`, every config a `modification`. */
  planner?(options: Readonly<Record<string, unknown>>): Promise<DriverPlanner>
}

/** Checks a driver manifest's type where it is written. */
export function defineDriver(manifest: Omit<DriverManifest, 'kind'>): DriverManifest {
  return { kind: 'driver', ...manifest }
}
