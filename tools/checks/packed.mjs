import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../setup/prepare.mjs'
import { runProgram } from './command.mjs'
import { publishable } from './workspace.mjs'

async function run(file, args, cwd) {
  const { code, output } = await runProgram(file, args, { cwd })
  if (code !== 0) throw new Error(`${file} ${args[0]} ended with ${code}\n${output}`)
  return output
}

/**
 * Packs every publishable package as npm would publish it, and unpacks it where programs below `place` find it, each
 * with links to the dependencies that it declares and to no others. `files` are the paths in the tarball.
 */
export async function packAll(place) {
  const workspaces = publishable()
  const folders = workspaces.map(({ folder }) => folder)
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', place, ...folders], root)
  return Promise.all(workspaces.map((workspace) => unpack(workspace, place)))
}

async function unpack({ folder, manifest }, place) {
  const { name, version } = manifest
  const tarball = join(place, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  const installed = join(place, 'node_modules', name)
  mkdirSync(installed, { recursive: true })
  const files = (await run('tar', ['-tzf', tarball], place)).split('\n').map((file) => file.replace(/^package\//, ''))
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components', '1'], place)
  linkDependencies({ folder, manifest, installed })
  return { manifest, tarball, files, installed }
}

function linkDependencies({ folder, manifest: { dependencies, peerDependencies }, installed }) {
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    if (name.startsWith('@netpulse/')) continue
    const target = [folder, root].map((from) => join(from, 'node_modules', name)).find((path) => existsSync(path))
    if (target === undefined) throw new Error(`${name} is not installed`)
    const link = join(installed, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(target, link, 'junction')
  }
}
