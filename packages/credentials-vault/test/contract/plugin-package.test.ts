import { fileURLToPath } from 'node:url'
import { pluginPackageContract } from '@netpulse/plugin-host/testing'

pluginPackageContract({
  packageName: '@netpulse/credentials-vault',
  appDir: fileURLToPath(new URL('../../../..', import.meta.url)),
  heavy: ['undici'],
})
