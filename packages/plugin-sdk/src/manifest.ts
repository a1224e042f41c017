import type { JsonSchema } from '@netpulse/core'

/** The kinds of plugin that NetPulse loads by name. */
export type PluginKind = 'driver' | 'scheduler' | 'template' | 'credential' | 'webhook' | 'platforms'

/** The version of the plugin interfaces that this SDK speaks. An integer: the SDK may have patch releases freely. */
export const pluginApiVersion = 1

/**
 * What every plugin says about itself. It is the default export of the package's `./plugin` entry, which must stay
 * light: it imports types and data only, and `load()` brings the rest.
 */
export interface PluginManifest<Kind extends PluginKind = PluginKind, Loaded = unknown> {
  readonly kind: Kind
  /** The name in requests and in the operator's table. */
  readonly name: string
  /** Further names that mean the same, for compatibility. */
  readonly aliases?: readonly string[]
  /** The plugin interface that the package was written for; see `pluginApiVersion`. */
  readonly apiVersion: number
  /** Options that the operator may set for the plugin, in the plugin table. Unknown keys are refused. */
  readonly optionsSchema: JsonSchema
  /** Imports the heavy part. `options` fit `optionsSchema`, defaults filled in. Called once per process. */
  load(options: Readonly<Record<string, unknown>>): Promise<Loaded>
}

/** Checks a manifest's type where it is written. */
export function definePlugin<Manifest extends PluginManifest>(manifest: Manifest): Manifest {
  return manifest
}
