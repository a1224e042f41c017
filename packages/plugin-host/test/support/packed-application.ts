import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const packagesFolder = fileURLToPath(new URL('../../..', import.meta.url))

/** What npm tells its scripts about this repository must not reach an npm that works for another folder. */
const ofThisRepository = /^npm_(package_|lifecycle_|config_(local_prefix|workspaces?$|include_workspace_root))/i
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisRepository.test(name)))

interface PackageJson {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Folders of a package of ours and of all packages of ours that it needs, by package name. */
function closureOf(name: string, found = new Map<string, string>()): Map<string, string> {
  const folder = join(packagesFolder, name.slice('@netpulse/'.length))
  if (found.has(name)) return found
  found.set(name, folder)
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson
  for (const dependency of Object.keys(dependencies)) {
    if (dependency.startsWith('@netpulse/')) closureOf(dependency, found)
  }
  return found
}

/** An application in an empty folder outside the repository, which has our packages as npm would publish them. */
export class PackedApplication {
  readonly folder = mkdtempSync(join(tmpdir(), 'netpulse-third-party-'))

  write(files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true })
      writeFileSync(join(this.folder, file), text)
    }
  }

  async #pack(folders: readonly string[]): Promise<readonly string[]> {
    const place = join(this.folder, 'tarballs')
    mkdirSync(place, { recursive: true })
    await this.#run('npm', ['pack', '--ignore-scripts', '--pack-destination', place, ...folders])
    return readdirSync(place).map((file) => `./tarballs/${file}`)
  }

  /** Packs and installs a package of ours with everything of ours that it needs, and the third party's folder. */
  async install(name: string, thirdParty: string): Promise<void> {
    const tarballs = await this.#pack([...closureOf(name).values(), join(this.folder, thirdParty)])
    await this.#run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs])
  }

  /** Runs a program of the application; answers with what it prints. */
  async node(file: string, ...args: readonly string[]): Promise<string> {
    return this.#run(process.execPath, [file, ...args])
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #run(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(program, args, { cwd: this.folder, env: environment, maxBuffer: 16 * 1024 * 1024 })
    return stdout
  }
}
