export { definePlugin, pluginApiVersion } from './manifest.js'
export type { PluginKind, PluginManifest } from './manifest.js'
export type { NodeLoad, Scheduler, SchedulerManifest } from './scheduler.js'
