export { modulesLoadedBy } from './loaded-modules.js'
export { pluginPackageContract } from './plugin-package-contract.js'
export type { PluginPackageUnderTest } from './plugin-package-contract.js'
