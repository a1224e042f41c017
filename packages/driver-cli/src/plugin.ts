import { defineDriver } from '@netpulse/driver-sdk'
import { pluginApiVersion } from '@netpulse/plugin-sdk'
import { connectionSchema } from './schemas/connection-schema.js'
import { commandSchema, configSchema, optionsSchema, switchesSchema } from './schemas/operation-schemas.js'

const platformFiles = (options: Readonly<Record<string, unknown>>): readonly string[] =>
  (options['platforms'] as readonly string[] | undefined) ?? []

/** The driver for command lines. Light: `load` brings the transports, `planner` the platforms. */
export default defineDriver({
  name: 'cli',
  aliases: ['netmiko'],
  apiVersion: pluginApiVersion,
  defaultPort: 22,
  defaultStrategy: 'pinned',
  optionsSchema,
  connectionSchema,
  commandSchema,
  configSchema,
  switchesSchema,
  async load(options) {
    const [{ createCliDriver }, { loadPlatforms }] = await Promise.all([
      import('./create-driver.js'),
      import('@netpulse/platforms'),
    ])
    const platforms = loadPlatforms({ files: platformFiles(options) })
    return (services) => createCliDriver(services, platforms)
  },
  async planner(options) {
    const [{ CliPlanner }, { loadPlatforms }] = await Promise.all([
      import('./planner.js'),
      import('@netpulse/platforms'),
    ])
    return new CliPlanner(loadPlatforms({ files: platformFiles(options) }))
  },
})
