import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/prepare.mjs'

/** Every package and app: its folder and its package.json. */
export function workspaces() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => {
        const folder = join(root, parent, entry.name)
        return { folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }
      }),
  )
}

export const publishable = () => workspaces().filter(({ manifest }) => manifest.private !== true)
