import { defineErrors } from '@netpulse/core'
import type { DriverManifest } from '@netpulse/driver-sdk'
import type { FoundPlugin, PluginHost } from '@netpulse/plugin-host'

const pluginError = defineErrors({ PLUGIN_UNKNOWN: { kind: 'invalid', summary: 'No such plugin.' } })

/** A plugin table of one driver. */
export function pluginsOf(manifest: DriverManifest): PluginHost {
  const plugin = {
    manifest,
    packageName: '@acme/netpulse-driver-scripted',
    version: '1.0.0',
    options: {},
    load: () => manifest.load({}),
  }
  return {
    get(kind, name) {
      if (kind !== 'driver' || ![manifest.name, ...(manifest.aliases ?? [])].includes(name))
        throw pluginError('PLUGIN_UNKNOWN', `There is no ${kind} "${name}"; did you mean "${manifest.name}"?`)
      return plugin as unknown as FoundPlugin<typeof kind>
    },
    list: (kind) => (kind === 'driver' ? [plugin as unknown as FoundPlugin<typeof kind>] : []),
  }
}
