import type { JsonObject } from '@netpulse/core'
import { compileSchema, nearestWord } from '@netpulse/core'
import type { PluginKind, PluginManifest } from '@netpulse/plugin-sdk'
import { builtinPackages } from './builtin-packages.js'
import { pluginError } from './errors.js'
import { checkManifest } from './manifest-check.js'
import type { FoundPlugin, PluginHost, PluginHostOptions } from './plugin-host.js'
import type { PluginPackage } from './plugin-package.js'
import { findPluginPackage } from './plugin-package.js'

type AnyPlugin = FoundPlugin<PluginKind>

/**
 * Reads the manifests of all configured plugins, and loads none of them.
 * @throws PLUGIN_NOT_INSTALLED, PLUGIN_INVALID, PLUGIN_API_VERSION, PLUGIN_DUPLICATE_SDK, PLUGIN_NAME_CLASH, and
 *   INVALID_INPUT for options that do not fit the plugin's schema
 */
export async function openPluginHost(options: PluginHostOptions): Promise<PluginHost> {
  const configured = options.plugins ?? {}
  const builtins = options.builtins === false ? [] : builtinPackages.filter((name) => !(name in configured))
  const plugins: AnyPlugin[] = []
  for (const name of builtins) {
    const found = findPluginPackage(name, options.appDir)
    if (found !== undefined) plugins.push(await readPlugin(found, {}))
  }
  for (const [name, pluginOptions] of Object.entries(configured)) {
    const found = findPluginPackage(name, options.appDir)
    if (found === undefined) throw notInstalled(name)
    plugins.push(await readPlugin(found, pluginOptions))
  }
  return new TableOfPlugins(plugins)
}

const notInstalled = (name: string): Error =>
  pluginError(
    'PLUGIN_NOT_INSTALLED',
    `Plugin package ${name} is configured and not installed: run \`npm install ${name}\` in the application's folder.`,
  )

async function readPlugin(found: PluginPackage, options: JsonObject): Promise<AnyPlugin> {
  let entry: { default?: unknown }
  try {
    entry = (await import(found.entry)) as { default?: unknown }
  } catch (cause) {
    throw pluginError('PLUGIN_LOAD_FAILED', `The "./plugin" entry of ${found.name} threw while it was imported.`, {
      cause,
    })
  }
  const manifest = checkManifest(found.name, entry.default)
  const schema = compileSchema<JsonObject>(manifest.optionsSchema)
  return new Plugin(
    found,
    manifest,
    schema.parse(structuredClone(options), `The configuration of plugin ${found.name}`),
  )
}

class Plugin implements AnyPlugin {
  readonly manifest: AnyPlugin['manifest']
  readonly packageName: string
  readonly version: string
  readonly options: JsonObject
  #loading: Promise<unknown> | undefined

  constructor(found: PluginPackage, manifest: PluginManifest, options: JsonObject) {
    this.manifest = manifest as AnyPlugin['manifest']
    this.packageName = found.name
    this.version = found.version
    this.options = options
  }

  load(): ReturnType<AnyPlugin['manifest']['load']> {
    this.#loading ??= this.#load()
    return this.#loading as ReturnType<AnyPlugin['manifest']['load']>
  }

  async #load(): Promise<unknown> {
    try {
      return await this.manifest.load(this.options)
    } catch (cause) {
      throw pluginError('PLUGIN_LOAD_FAILED', `Plugin ${this.manifest.name} (${this.packageName}) cannot be loaded.`, {
        cause,
      })
    }
  }
}

/** Names and aliases of each kind, each claimed by one package. */
class TableOfPlugins implements PluginHost {
  readonly #plugins: readonly AnyPlugin[]
  readonly #byName = new Map<string, AnyPlugin>()

  constructor(plugins: readonly AnyPlugin[]) {
    this.#plugins = plugins
    for (const plugin of plugins) {
      for (const name of namesOf(plugin.manifest)) this.#claim(name, plugin)
    }
  }

  get<Kind extends PluginKind>(kind: Kind, name: string): FoundPlugin<Kind> {
    const found = this.#byName.get(keyOf(kind, name))
    if (found !== undefined) return found as unknown as FoundPlugin<Kind>
    const other = this.#plugins.find(({ manifest }) => namesOf(manifest).includes(name))
    throw other === undefined ? this.#unknown(kind, name) : wrongKind(other, kind)
  }

  list<Kind extends PluginKind>(kind: Kind): readonly FoundPlugin<Kind>[] {
    return this.#plugins.filter(({ manifest }) => manifest.kind === kind) as unknown as FoundPlugin<Kind>[]
  }

  #claim(name: string, plugin: AnyPlugin): void {
    const key = keyOf(plugin.manifest.kind, name)
    const holder = this.#byName.get(key)
    if (holder !== undefined && holder !== plugin) {
      throw pluginError(
        'PLUGIN_NAME_CLASH',
        `Packages ${holder.packageName} and ${plugin.packageName} both claim the ${plugin.manifest.kind} name "${name}": remove one of them from the plugin table.`,
      )
    }
    this.#byName.set(key, plugin)
  }

  #unknown(kind: PluginKind, name: string): Error {
    const known = this.#plugins
      .filter(({ manifest }) => manifest.kind === kind)
      .flatMap(({ manifest }) => namesOf(manifest))
    const nearest = nearestWord(name, known)
    const hint = nearest === undefined ? `known: ${known.sort().join(', ') || 'none'}` : `did you mean "${nearest}"?`
    return pluginError('PLUGIN_UNKNOWN', `No ${kind} of that name is configured; ${hint}`, { details: { kind, known } })
  }
}

const namesOf = ({ name, aliases = [] }: AnyPlugin['manifest']): string[] => [name, ...aliases]

const keyOf = (kind: PluginKind, name: string): string => `${kind}/${name}`

const wrongKind = ({ packageName, manifest }: AnyPlugin, kind: PluginKind): Error =>
  pluginError(
    'PLUGIN_INVALID',
    `Plugin "${manifest.name}" of ${packageName} is a ${manifest.kind}, not a ${kind}: name it where a ${manifest.kind} is wanted.`,
  )
