import { fileURLToPath } from 'node:url'
import { pluginPackageContract } from '../../src/testing/plugin-package-contract.js'

pluginPackageContract({
  packageName: '@netpulse/driver-cli',
  appDir: fileURLToPath(new URL('../../../..', import.meta.url)),
  heavy: ['ssh2', 'yaml'],
})
