import type { JsonSchema } from '@netpulse/core'
import type { DriverManifest } from '@netpulse/driver-sdk'
import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import type { Switches } from './schemas/request-schemas.js'

type Properties = Readonly<Record<string, JsonSchema>>

const propertiesOf = (schema: JsonSchema): Properties => (schema['properties'] ?? {}) as Properties

/** Only shown here: the driver's own schema checks the value, and fills in its default. */
function switchSchema({ type, description }: JsonSchema, driver: string): TSchema {
  const about = { description: `${String(description ?? '')} Driver: ${driver}.`.trim() }
  return Type.Optional(Type.Unsafe(typeof type === 'string' ? { ...about, type: [type, 'null'] } : about))
}

/** The request-level fields that the configured drivers add: `save`, `enable_mode`, `dry_run`, ... */
export function switchesOf(drivers: readonly DriverManifest[]): Switches {
  const switches: Record<string, TSchema> = {}
  for (const driver of drivers) {
    for (const [name, schema] of Object.entries(propertiesOf(driver.switchesSchema)))
      switches[name] ??= switchSchema(schema, driver.name)
  }
  return switches
}

/** A schema with references of its own would point nowhere inside another document. */
const isSelfContained = (schema: JsonSchema): boolean => !JSON.stringify(schema).includes('"$ref"')

/** The drivers' own fields for the OpenAPI document, as `<driver>.connection_args` and so on. */
export function driverComponents(drivers: readonly DriverManifest[]): Readonly<Record<string, JsonSchema>> {
  const components = drivers.flatMap((driver) => [
    [`${driver.name}.connection_args`, driver.connectionSchema] as const,
    [`${driver.name}.driver_args.command`, driver.commandSchema] as const,
    [`${driver.name}.driver_args.config`, driver.configSchema] as const,
  ])
  return Object.fromEntries(components.filter(([, schema]) => isSelfContained(schema)))
}
