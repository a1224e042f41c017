import type { JsonObject } from '@netpulse/core'
import type { DriverManifest } from '@netpulse/driver-sdk'
import type {
  CredentialManifest,
  NotifierManifest,
  PluginKind,
  PluginManifest,
  SchedulerManifest,
} from '@netpulse/plugin-sdk'

/** Manifest types by kind, so that a lookup is typed. */
export interface ManifestOf {
  readonly driver: DriverManifest
  readonly scheduler: SchedulerManifest
  readonly template: PluginManifest<'template'>
  readonly credential: CredentialManifest
  readonly webhook: NotifierManifest
  readonly platforms: PluginManifest<'platforms'>
}

/** A plugin that was found and checked, and not loaded yet. */
export interface FoundPlugin<Kind extends PluginKind> {
  readonly manifest: ManifestOf[Kind]
  /** npm package that it came from. */
  readonly packageName: string
  readonly version: string
  /** The operator's options, checked, defaults filled in. */
  readonly options: JsonObject
  /** Imports the heavy part, once per process; later calls answer with the same. @throws PLUGIN_LOAD_FAILED */
  load(): ReturnType<ManifestOf[Kind]['load']>
}

/** Plugins by kind and name. A name from a request is looked up here and nowhere else; it is never a module path. */
export interface PluginHost {
  /** By name or alias. @throws PLUGIN_UNKNOWN, with the nearest known name */
  get<Kind extends PluginKind>(kind: Kind, name: string): FoundPlugin<Kind>
  list<Kind extends PluginKind>(kind: Kind): readonly FoundPlugin<Kind>[]
}

export interface PluginHostOptions {
  /** Folder whose `node_modules` hold the plugins: the application's. */
  readonly appDir: string
  /** npm package names with the operator's options for each. The built-in ones are in it unless `builtins` is false. */
  readonly plugins?: Readonly<Record<string, JsonObject>>
  /** Adds NetPulse's own plugins as far as the application has them installed. @defaultValue true */
  readonly builtins?: boolean
}
