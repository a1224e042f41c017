import type { JsonSchema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import type { PluginKind, PluginManifest } from '@netpulse/plugin-sdk'
import { pluginApiVersion } from '@netpulse/plugin-sdk'
import { builtinPackages } from './builtin-packages.js'
import { pluginError } from './errors.js'

const name = { type: 'string', pattern: '^[a-z][a-z0-9_-]{0,63}$' }
const schema = { type: 'object' }

const everyManifest = {
  type: 'object',
  required: ['kind', 'name', 'apiVersion', 'optionsSchema'],
  properties: {
    kind: { enum: ['driver', 'scheduler', 'template', 'credential', 'webhook', 'platforms'] },
    name,
    aliases: { type: 'array', items: name },
    apiVersion: { type: 'integer' },
    optionsSchema: schema,
  },
}

const manifestSchema = compileSchema<PluginManifest>(everyManifest)

const driverSchema = compileSchema<PluginManifest>({
  ...everyManifest,
  required: [
    ...everyManifest.required,
    'defaultPort',
    'defaultStrategy',
    'connectionSchema',
    'commandSchema',
    'configSchema',
    'switchesSchema',
  ],
  properties: {
    ...everyManifest.properties,
    defaultPort: { type: 'integer', minimum: 1, maximum: 65535 },
    defaultStrategy: { enum: ['fifo', 'pinned'] },
    connectionSchema: schema,
    commandSchema: schema,
    configSchema: schema,
    fileSchema: schema,
    switchesSchema: schema,
  },
})

const credentialSchema = compileSchema<PluginManifest>({
  ...everyManifest,
  required: [...everyManifest.required, 'providerSchema', 'accepts'],
  properties: {
    ...everyManifest.properties,
    providerSchema: schema,
    defaultMount: { type: 'string', minLength: 1 },
    accepts: { type: 'array', items: { enum: ['mount', 'version', 'namespace'] } },
  },
})

const schemasOf: Partial<Record<PluginKind, typeof manifestSchema>> = {
  driver: driverSchema,
  credential: credentialSchema,
}

/**
 * Takes what a `./plugin` entry exports for a manifest, once it is seen to be one.
 * @throws PLUGIN_INVALID, PLUGIN_API_VERSION
 */
export function checkManifest(packageName: string, exported: unknown): PluginManifest {
  const manifest = exported as PluginManifest | undefined
  if (typeof manifest !== 'object' || manifest === null) {
    throw pluginError(
      'PLUGIN_INVALID',
      `Package ${packageName} is no NetPulse plugin: its "./plugin" entry has no default export. Export the manifest there.`,
    )
  }
  // Before the rest: another version may want other fields.
  if (Number.isInteger(manifest.apiVersion) && manifest.apiVersion !== pluginApiVersion) {
    throw pluginError(
      'PLUGIN_API_VERSION',
      `Package ${packageName} was written for plugin API ${manifest.apiVersion}, and this NetPulse speaks ${pluginApiVersion}: install a version of it for API ${pluginApiVersion}.`,
    )
  }
  const [wrong] = (schemasOf[manifest.kind] ?? manifestSchema).check(manifest)
  if (wrong !== undefined) {
    throw pluginError(
      'PLUGIN_INVALID',
      `Package ${packageName} has an invalid plugin manifest: ${wrong.path} ${wrong.message}.`,
    )
  }
  if (typeof manifest.load !== 'function') {
    throw pluginError(
      'PLUGIN_INVALID',
      `Package ${packageName} has an invalid plugin manifest: load must be a function.`,
    )
  }
  // NetPulse's own are compiled by their tests: a start without foreign plugins need not wait for it.
  if (!builtinPackages.includes(packageName)) checkSchemas(packageName, manifest)
  return manifest
}

/** A schema that cannot be compiled would look like a bug of NetPulse at the first request that meets it. */
function checkSchemas(packageName: string, manifest: PluginManifest): void {
  for (const [field, definition] of Object.entries(manifest)) {
    if (!field.endsWith('Schema')) continue
    try {
      compileSchema(definition as JsonSchema).check({})
    } catch (cause) {
      throw pluginError(
        'PLUGIN_INVALID',
        `Package ${packageName} has an invalid plugin manifest: ${field} is no JSON schema: ${(cause as Error).message}`,
        { cause },
      )
    }
  }
}
