import type { JsonObject } from '@netpulse/core'
import type { PluginKind } from '@netpulse/plugin-sdk'
import { describe, expect, it } from 'vitest'
import { openPluginHost } from '../open-plugin-host.js'
import type { FoundPlugin } from '../plugin-host.js'
import { findPluginPackage } from '../plugin-package.js'
import { modulesLoadedBy } from './loaded-modules.js'

/** A plugin package as an application finds it. */
export interface PluginPackageUnderTest {
  readonly packageName: string
  /** Folder whose `node_modules` hold the package. */
  readonly appDir: string
  readonly options?: JsonObject
  /** npm packages that reading the manifest must not load: what makes the plugin heavy. */
  readonly heavy: readonly string[]
}

type AnyPlugin = Pick<FoundPlugin<PluginKind>, 'packageName' | 'load'>

const kinds = ['driver', 'scheduler', 'template', 'credential', 'webhook', 'platforms'] as const

/** What every plugin package promises. Runs inside vitest, on the built package. */
export function pluginPackageContract({ packageName, appDir, options = {}, heavy }: PluginPackageUnderTest): void {
  const find = async (): Promise<readonly AnyPlugin[]> => {
    const host = await openPluginHost({ appDir, builtins: false, plugins: { [packageName]: options } })
    return kinds.flatMap((kind): readonly AnyPlugin[] => host.list(kind))
  }

  describe(`plugin package ${packageName}`, () => {
    it('is found from the application, with a valid manifest', async () => {
      expect((await find()).map((plugin) => plugin.packageName)).toEqual([packageName])
    })

    it(`loads none of ${heavy.join(', ')} until it is used`, async () => {
      const { entry } = findPluginPackage(packageName, appDir)!
      const urls = await modulesLoadedBy(entry)
      expect(urls).toContain(entry)
      const loaded = heavy.filter((name) => urls.some((url) => url.includes(`/node_modules/${name}/`)))
      expect(loaded).toEqual([])
    })

    it('loads', async () => {
      const [plugin] = await find()
      expect(await plugin!.load()).toBeDefined()
    })
  })
}
