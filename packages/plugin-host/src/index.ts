export { builtinPackages } from './builtin-packages.js'
export { pluginError } from './errors.js'
export { openPluginHost } from './open-plugin-host.js'
export type { FoundPlugin, ManifestOf, PluginHost, PluginHostOptions } from './plugin-host.js'
