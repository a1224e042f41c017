import type { JsonObject, JsonSchema } from '@netpulse/core'
import type { DeviceAddress } from '@netpulse/core'

/** `connection_args` that NetPulse itself takes, the same for every driver. */
const addressProperties: JsonObject = {
  host: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\s/\\u0000-\\u001f]+$',
    description: 'Name or address of the device.',
  },
  port: {
    type: 'integer',
    minimum: 1,
    maximum: 65_535,
    description: "TCP port; absent: the driver's default port.",
  },
  device: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\u0000-\\u001f]+$',
    description: 'Name of the managed box: jobs of one name share one order, whatever address they use.',
  },
  site: {
    type: 'string',
    minLength: 1,
    maxLength: 64,
    pattern: '^[^\\s/\\u0000-\\u001f]+$',
    description: 'Keeps boxes with equal private addresses apart.',
  },
}

/**
 * The whole schema of `connection_args`: the driver's own options and the address. One schema, so that a misspelt
 * `hots` is told to be `host`.
 */
export function connectionSchemaOf(driverSchema: JsonSchema): JsonSchema {
  const required = (driverSchema['required'] as readonly string[] | undefined) ?? []
  return {
    ...driverSchema,
    type: 'object',
    properties: { ...(driverSchema['properties'] as object | undefined), ...addressProperties },
    required: [...new Set(['host', ...required])],
  }
}

/** Checked `connection_args`, taken apart. */
export interface SplitConnection {
  readonly address: DeviceAddress
  /** The driver's own options. */
  readonly connection: JsonObject
}

export function splitConnection(checked: JsonObject): SplitConnection {
  const { host, port, device, site, ...connection } = checked
  const address = { host, port, device, site }
  const given = Object.entries(address).filter(([, value]) => value !== undefined)
  return { address: Object.fromEntries(given) as unknown as DeviceAddress, connection }
}
