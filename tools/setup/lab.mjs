import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.mjs'

/**
 * Installs FRRouting and OpenSSH for the tests with real devices, and redis-server, where the machine allows; says so
 * where it does not. Tests that need Redis look for it themselves.
 */
export function installLab() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.log('Tests with real devices will be skipped: they need Debian and root.')
    return
  }
  const { status } = spawnSync('bash', [join(root, 'tools/lab/install.sh')], { stdio: 'inherit' })
  if (status !== 0)
    console.log('The packages for real devices and Redis could not be installed; those tests may be skipped.')
}
