import { symlink, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('netpulse-driver-folder', import.meta.url))

/** Name of the driver's package, for the plugin table. */
export const folderDriverPackage = '@acme/netpulse-driver-folder'

/** Installs the driver `folder`, as a third party's, below a folder that is then the application's. */
export async function installFolderDriver(appDir) {
  await mkdir(join(appDir, 'node_modules/@acme'), { recursive: true })
  await symlink(source, join(appDir, 'node_modules', folderDriverPackage))
}
