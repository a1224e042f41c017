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
  /**
   * How the device reads a line, for the command policy; best the same object for all devices that read alike, since its
   * rules are read once for each. Absent: a line is one command, with the words that it has.
   */
  readonly dialect?: CommandDialect
  /** What the driver may type beside the lines of the operation, and where the request says it: answers to questions. */
  readonly typed?: readonly TypedText[]
}

/** A text that a driver types because a request says so. */
export interface TypedText {
  /** Where it stands: `driver_args.answers[0]`. */
  readonly path: string
  readonly text: string
}

/** How a device reads a line: what the command policy has to know, so that no spelling gets around it. */
export interface CommandDialect {
  /**
   * Rules of commands that nobody may send unless that is lifted: words that a command begins with, `wr[ite] er[ase]` for
   * `wr er` to `write erase`, `*` for any word, `...` for any number of words, `$` for the end.
   */
  readonly denied: readonly string[]
  /** Every command that the line may make the device run, as words in lower case: behind `do`, between `;`. */
  statements(line: string): readonly (readonly string[])[]
  /** Whether a command only reads. */
  reads(command: string): boolean
  /** Whether a config line stays in the candidate: it neither commits nor leaves the configuration mode. */
  staysInCandidate(line: string): boolean
}

/**
 * A driver's description. The schemas are the wire: their keys are the names that clients write (`snake_case`), and
 * every unknown key is refused. Mark secrets with `writeOnly: true`; their values are sealed and redacted.
 */
export interface DriverManifest extends PluginManifest<'driver', DriverFactory> {
  /** TCP port of a device when the request gives none. */
  readonly defaultPort: number
  readonly defaultStrategy: QueueStrategy
  /** Whether its sessions have `tasks`: requests may `detach`. @defaultValue false */
  readonly tasks?: boolean
  /** `connection_args` beside `host`, `port`, `device` and `site`, which NetPulse itself takes. */
  readonly connectionSchema: JsonSchema
  /** `driver_args` of a request with `command`. */
  readonly commandSchema: JsonSchema
  /** `driver_args` of a request with `config`. */
  readonly configSchema: JsonSchema
  /**
   * `driver_args` of a request with `file_transfer`; a command that follows an upload is sent with the same, so that it
   * holds what `send` needs. Absent: the driver copies no files, and such requests are refused before anything is stored.
   */
  readonly fileSchema?: JsonSchema
  /** Request-level switches of this driver: `save`, `enable_mode`, `dry_run`. */
  readonly switchesSchema: JsonSchema
  /** Absent: every command is `opaque`, every config a `modification`. */
  planner?(options: Readonly<Record<string, unknown>>): Promise<DriverPlanner>
}

/** Checks a driver manifest's type where it is written. */
export function defineDriver(manifest: Omit<DriverManifest, 'kind'>): DriverManifest {
  return { kind: 'driver', ...manifest }
}
