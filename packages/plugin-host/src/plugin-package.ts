import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pluginError } from './errors.js'

/** A plugin package as it was found from the application's folder, not yet imported. */
export interface PluginPackage {
  readonly name: string
  readonly version: string
  /** Folder of its package.json. */
  readonly folder: string
  /** URL of its `./plugin` entry. */
  readonly entry: string
}

const sdkName = '@netpulse/plugin-sdk'

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
  const resolve = createRequire(join(appDir, 'package.json')).resolve
  try {
    const file = resolve(`${name}/plugin`)
    const folder = folderOf(file, name)
    const { version } = readPackageJson(join(folder, 'package.json'))
    refuseForeignSdk(name, folder)
    return { name, version, folder, entry: pathToFileURL(file).href }
  } catch (cause) {
    if (codeOf(cause) === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
      throw pluginError(
        'PLUGIN_INVALID',
        `Package ${name} is no NetPulse plugin: its package.json has no "./plugin" export under the "default" condition.`,
        { cause },
      )
    }
    if (codeOf(cause) === 'MODULE_NOT_FOUND') return undefined
    throw cause
  }
}

/** The folder of the package that a file belongs to. */
function folderOf(file: string, name: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      if (readPackageJson(join(folder, 'package.json')).name === name) return folder
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
  throw pluginError('PLUGIN_INVALID', `Package ${name} has no package.json of that name above its "./plugin" entry.`)
}

/**
 * A second copy of the SDK of the same version is harmless: errors carry a brand, everything else is structure. One of
 * another version may disagree about that structure without a word.
 */
function refuseForeignSdk(name: string, folder: string): void {
  const theirs = sdkFrom(join(folder, 'package.json'))
  const ours = sdkFrom(import.meta.url)
  if (theirs === undefined || ours === undefined || theirs.version === ours.version) return
  throw pluginError(
    'PLUGIN_DUPLICATE_SDK',
    `Package ${name} brings its own ${sdkName} ${theirs.version}, and NetPulse uses ${ours.version}: run \`npm dedupe\`, or install a version of ${name} for ${ours.version}.`,
    { details: { package: name, theirs: theirs.version, ours: ours.version } },
  )
}

/** `undefined`: a plugin may be written without the SDK. */
function sdkFrom(from: string): PackageJson | undefined {
  try {
    return readPackageJson(createRequire(from).resolve(`${sdkName}/package.json`))
  } catch (error) {
    if (codeOf(error) === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
