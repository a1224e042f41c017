import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pluginError } from './errors.js'

/** What a plugin's author builds on. */
const sdkNames = ['@netpulse/plugin-sdk', '@netpulse/driver-sdk'] as const

interface SdkCopy {
  readonly version: string
  readonly folder: string
}

/**
 * A second copy of the SDK of a compatible version is harmless: errors carry a brand, everything else is structure. One of
 * an incompatible version may disagree about that structure without a word.
 * @throws PLUGIN_DUPLICATE_SDK
 */
export function refuseForeignSdk(name: string, folder: string): void {
  for (const sdk of sdkNames) {
    const theirs = copyFrom(join(folder, 'package.json'), sdk)
    const ours = copyFrom(import.meta.url, sdk)
    if (theirs === undefined || ours === undefined || isCompatible(theirs.version, ours.version)) continue
    throw pluginError(
      'PLUGIN_DUPLICATE_SDK',
      `Package ${name} brings its own ${sdk} ${theirs.version} (${theirs.folder}), and NetPulse uses ${ours.version} (${ours.folder}): run \`npm dedupe\`, or install a version of ${name} for ${sdk} ${ours.version}.`,
      { details: { package: name, sdk, theirs: { ...theirs }, ours: { ...ours } } },
    )
  }
}

/** As npm's caret has it: the first number that is not 0 must be equal, and those before it. */
export function isCompatible(one: string, other: string): boolean {
  return breakingPart(one) === breakingPart(other)
}

const breakingPart = (version: string): string => /^(?:0\.)*[1-9]\d*|^.*$/.exec(version)![0]

/** `undefined`: a plugin may be written without the SDK. */
function copyFrom(from: string, sdk: string): SdkCopy | undefined {
  try {
    const file = createRequire(from).resolve(`${sdk}/package.json`)
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
    return { version, folder: dirname(file) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
