export type { FoundPlugin, ManifestOf, PluginHost, PluginHostOptions } from './plugin-host.js'
