import type { JsonObject, Operation, Schema } from '@netpulse/core'
import { compileSchema, isNetPulseError } from '@netpulse/core'
import type {
  Driver,
  DriverManifest,
  DriverPlan,
  DriverPlanner,
  DriverRequest,
  DriverServices,
} from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import type { FoundPlugin, PluginHost } from '@netpulse/plugin-host'
import type { LoginList } from '../credentials/login-lists.js'
import { loginListsOf, loginOptionsOf } from '../credentials/login-lists.js'
import { engineError } from '../errors.js'
import { connectionSchemaOf } from './connection-schema.js'
import { SecretMask } from './secret-mask.js'
import { marksSecrets } from './secret-values.js'

/** A driver by its own name, with its schemas compiled once. */
export class DriverEntry {
  readonly manifest: DriverManifest
  /** `connection_args` as a whole: the driver's options and the address. */
  readonly connectionSchema: Schema<JsonObject>
  readonly switchesSchema: Schema<JsonObject>
  readonly #commandSchema: Schema<JsonObject>
  readonly #configSchema: Schema<JsonObject>
  readonly #fileSchema: Schema<JsonObject> | undefined
  /** Hides what is secret in `connection_args`. */
  readonly connectionMask: SecretMask
  readonly #optionsMasks: Readonly<Record<Operation['type'], SecretMask>>
  readonly #secretOptions: Readonly<Record<Operation['type'], boolean>>
  readonly #plugin: FoundPlugin<'driver'>
  #loginOptions: readonly string[] | undefined
  #loginLists: readonly LoginList[] | undefined
  #planner: Promise<DriverPlanner> | undefined
  #driver: Promise<Driver> | undefined

  constructor(plugin: FoundPlugin<'driver'>) {
    const { manifest } = plugin
    this.manifest = manifest
    this.#plugin = plugin
    this.connectionSchema = compileSchema(connectionSchemaOf(manifest.connectionSchema))
    this.switchesSchema = compileSchema(manifest.switchesSchema)
    this.#commandSchema = compileSchema(manifest.commandSchema)
    this.#configSchema = compileSchema(manifest.configSchema)
    const { connectionSchema, commandSchema, configSchema, fileSchema } = manifest
    this.#fileSchema = fileSchema === undefined ? undefined : compileSchema(fileSchema)
    this.connectionMask = new SecretMask(connectionSchema)
    this.#optionsMasks = {
      command: new SecretMask(commandSchema),
      config: new SecretMask(configSchema),
      file_transfer: new SecretMask(fileSchema ?? {}),
    }
    this.#secretOptions = {
      command: marksSecrets(commandSchema),
      config: marksSecrets(configSchema),
      file_transfer: fileSchema !== undefined && marksSecrets(fileSchema),
    }
  }

  get name(): string {
    return this.manifest.name
  }

  /** Schema of `driver_args` for the kind of operation. @throws NOT_SUPPORTED where the driver copies no files */
  optionsSchema(type: Operation['type']): Schema<JsonObject> {
    if (type === 'file_transfer') return this.#filesOrRefusal()
    return type === 'command' ? this.#commandSchema : this.#configSchema
  }

  #filesOrRefusal(): Schema<JsonObject> {
    if (this.#fileSchema !== undefined) return this.#fileSchema
    throw driverError('NOT_SUPPORTED', `The driver ${this.name} copies no files.`, {
      details: { errors: [{ path: 'file_transfer', message: `the driver ${this.name} copies no files` }] },
    })
  }

  /** Hides what is secret in `driver_args` for the kind of operation. */
  optionsMask(type: Operation['type']): SecretMask {
    return this.#optionsMasks[type]
  }

  /** Whether the schema of `driver_args` marks secrets. */
  marksSecretOptions(type: Operation['type']): boolean {
    return this.#secretOptions[type]
  }

  /** Options of `connection_args` that hold a login name or a secret: where a credential's value may go. */
  get loginOptions(): readonly string[] {
    this.#loginOptions ??= loginOptionsOf(this.connectionSchema.definition)
    return this.#loginOptions
  }

  /** Options of `connection_args` that list further logins, each with a `credential` of its own: `jump_hosts`. */
  get loginLists(): readonly LoginList[] {
    this.#loginLists ??= loginListsOf(this.manifest.connectionSchema)
    return this.#loginLists
  }

  /** What a request would do to its device. @throws INVALID_INPUT */
  async plan(request: DriverRequest): Promise<DriverPlan> {
    const { manifest } = this.#plugin
    if (manifest.planner === undefined)
      return { kind: request.operation.type === 'command' ? 'opaque' : 'modification' }
    this.#planner ??= manifest.planner(this.#plugin.options)
    return (await this.#planner).plan(request)
  }

  /** The driver itself, loaded at the first call. @throws PLUGIN_LOAD_FAILED */
  driver(services: DriverServices): Promise<Driver> {
    this.#driver ??= this.#plugin.load().then((create) => create(services))
    return this.#driver
  }
}

/** The configured drivers, found by name or alias. */
export class DriverCatalog {
  readonly #host: PluginHost
  readonly #entries = new Map<string, DriverEntry>()

  constructor(host: PluginHost) {
    this.#host = host
  }

  /** @throws DRIVER_UNKNOWN, with the nearest known name */
  get(name: string): DriverEntry {
    const plugin = this.#find(name)
    const known = this.#entries.get(plugin.manifest.name)
    if (known !== undefined) return known
    const entry = new DriverEntry(plugin)
    this.#entries.set(plugin.manifest.name, entry)
    return entry
  }

  manifests(): readonly DriverManifest[] {
    return this.#host.list('driver').map(({ manifest }) => manifest)
  }

  #find(name: string): FoundPlugin<'driver'> {
    try {
      return this.#host.get('driver', name)
    } catch (error) {
      if (!isNetPulseError(error, 'PLUGIN_UNKNOWN')) throw error
      throw engineError('DRIVER_UNKNOWN', error.message, {
        details: { errors: [{ path: 'driver', message: error.message }] },
        cause: error,
      })
    }
  }
}
