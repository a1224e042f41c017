import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const packagesFolder = fileURLToPath(new URL('../../../../packages', import.meta.url))

/** What npm tells the scripts of this repository must not reach an npm that works for another folder. */
const ofThisRepository = /^npm_(package_|lifecycle_|config_(local_prefix|workspaces?$|include_workspace_root))/i
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisRepository.test(name)))

export interface PackageJson {
  readonly name: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
}

/** A package as npm would publish it. */
export interface Tarball {
  readonly packageJson: PackageJson
  readonly path: string
  /** Paths in the package, `/` between folders. */
  readonly files: readonly string[]
}

/** An empty folder outside the repository. */
export class ThirdPartyApplication {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<ThirdPartyApplication> {
    return new ThirdPartyApplication(await mkdtemp(join(tmpdir(), 'netpulse-e2e-third-party-')))
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, file)), { recursive: true })
      await writeFile(join(this.folder, file), text)
    }
  }

  /** Packs every package of ours that may be published. */
  async packOurs(): Promise<readonly Tarball[]> {
    const folders = (await readdir(packagesFolder)).map((name) => join(packagesFolder, name))
    const found = await Promise.all(folders.map(async (folder) => ({ folder, packageJson: await readPackage(folder) })))
    return this.#pack(found.filter(({ packageJson }) => packageJson.private !== true).map(({ folder }) => folder))
  }

  /** Packs a package that was written into a folder of the application. */
  async packOwn(name: string): Promise<readonly Tarball[]> {
    return this.#pack([join(this.folder, name)])
  }

  async install(tarballs: readonly Tarball[]): Promise<void> {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
    await this.#run('npm', ['install', ...options, ...tarballs.map(({ path }) => path)])
  }

  /** Runs a program of the application; answers with what it prints. */
  async node(file: string): Promise<string> {
    return this.#run(process.execPath, [file])
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  async #pack(folders: readonly string[]): Promise<readonly Tarball[]> {
    const place = join(this.folder, 'tarballs')
    await mkdir(place, { recursive: true })
    const options = ['--json', '--ignore-scripts', '--pack-destination', place]
    const packed = JSON.parse(await this.#run('npm', ['pack', ...options, ...folders])) as {
      name: string
      filename: string
      files: { path: string }[]
    }[]
    const manifests = await Promise.all(folders.map(readPackage))
    return manifests.map((packageJson) => {
      const entry = packed.find(({ name }) => name === packageJson.name)
      if (entry === undefined) throw new Error(`npm pack says nothing about ${packageJson.name}`)
      return { packageJson, path: join(place, entry.filename), files: entry.files.map(({ path }) => path) }
    })
  }

  async #run(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(program, args, { cwd: this.folder, env, maxBuffer: 16 * 1024 * 1024 })
    return stdout
  }
}

async function readPackage(folder: string): Promise<PackageJson> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson
}
