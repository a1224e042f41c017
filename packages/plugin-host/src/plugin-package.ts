import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pluginError } from './errors.js'
import { refuseForeignSdk } from './sdk-copies.js'

/** A plugin package as it was found from the application's folder, not yet imported. */
export interface PluginPackage {
  readonly name: string
  readonly version: string
  /** Folder of its package.json. */
  readonly folder: string
  /** URL of its `./plugin` entry. */
  readonly entry: string
}

interface PackageJson {
  readonly name: string
  readonly version: string
}

const readPackageJson = (file: string): PackageJson => JSON.parse(readFileSync(file, 'utf8')) as PackageJson

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/**
 * Finds a plugin package below the application's `node_modules`, not ours. `createRequire` sees only the `require` and
 * `default` conditions, hence the rule that `./plugin` stands under `default`.
 * @returns `undefined` when the package is not installed
 * @throws PLUGIN_INVALID, PLUGIN_DUPLICATE_SDK
 */
export function findPluginPackage(name: string, appDir: string): PluginPackage | undefined {
  const require = createRequire(join(appDir, 'package.json'))
  const file = entryOf(name, require)
  if (file === undefined) return undefined
  const { folder, version } = packageOf(file, name)
  refuseForeignSdk(name, folder)
  return { name, version, folder, entry: pathToFileURL(file).href }
}

function entryOf(name: string, require: NodeJS.Require): string | undefined {
  try {
    return require.resolve(`${name}/plugin`)
  } catch (cause) {
    if (codeOf(cause) === 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw noEntry(name, 'is missing in its package.json', cause)
    if (codeOf(cause) !== 'MODULE_NOT_FOUND') throw cause
    if (isInstalled(name, require)) throw noEntry(name, 'leads to a file that is not there', cause)
    return undefined
  }
}

const noEntry = (name: string, flaw: string, cause: unknown): Error =>
  pluginError(
    'PLUGIN_INVALID',
    `Package ${name} is no NetPulse plugin: its "./plugin" export under the "default" condition ${flaw}.`,
    { cause },
  )

const isInstalled = (name: string, require: NodeJS.Require): boolean =>
  (require.resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name, 'package.json')))

/** The package that a file belongs to. */
function packageOf(file: string, name: string): Pick<PluginPackage, 'folder' | 'version'> {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = readPackageJson(join(folder, 'package.json'))
      if (found.name === name) return { folder, version: found.version }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
  throw pluginError('PLUGIN_INVALID', `Package ${name} has no package.json of that name above its "./plugin" entry.`)
}
