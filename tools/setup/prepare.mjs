// Brings a bare clone to a state in which everything is installed and built. Plain Node: it runs before anything is there.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Oldest Node that works. */
const oldest = [20, 19]

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  console.error(`NetPulse needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

/** Runs a command; shows its output only when it fails, and ends the process then. */
function step(title, command, args) {
  console.log(`${title} ...`)
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  })
  if (status === 0) return
  console.error(stdout + stderr)
  console.error(`${title} failed: ${command} ${args.join(' ')}`)
  process.exit(1)
}

/** npm writes its own lock file last of all; it may be a moment older than the one that `npm install` saves after it. */
const graceMs = 10_000

function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  return statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs - graceMs
}

function install() {
  if (isInstalled()) return
  // Not `npm ci`: it refuses a lock file that lacks a binary for some other platform, and a registry's mirror may lack one.
  step('Installing packages', 'npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'])
}

/** Installs what is missing and builds what has changed. */
export function prepare() {
  requireNode()
  install()
  step('Building', process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build'])
}
