import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const sdkFolder = fileURLToPath(new URL('../../../plugin-sdk', import.meta.url))

/** An application in an empty folder, with plugin packages written there. */
export class Application {
  readonly folder = mkdtempSync(join(tmpdir(), 'netpulse-app-'))

  constructor() {
    writeFileSync(join(this.folder, 'package.json'), '{"name":"app","private":true}')
    this.link('@netpulse/plugin-sdk', sdkFolder)
  }

  link(name: string, target: string): void {
    const place = join(this.folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(target, place)
  }

  /** Writes a package; files by their path in it. */
  install(name: string, packageJson: object, files: Readonly<Record<string, string>>): void {
    const all = { 'package.json': JSON.stringify({ name, version: '1.2.3', type: 'module', ...packageJson }), ...files }
    for (const [file, text] of Object.entries(all)) {
      const place = join(this.folder, 'node_modules', name, file)
      mkdirSync(dirname(place), { recursive: true })
      writeFileSync(place, text)
    }
  }

  /** A package with a plugin whose manifest is the default one with changes, as source text. */
  installPlugin(name: string, changes = '', more: Readonly<Record<string, string>> = {}): void {
    this.install(
      name,
      { exports: { './plugin': { default: './plugin.js' } } },
      { 'plugin.js': manifestText(changes), ...more },
    )
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

const manifestText = (changes: string): string => `
const nothing = { type: 'object', additionalProperties: false, properties: {} }
export default {
  kind: 'driver', name: 'acme', aliases: ['acme_old'], apiVersion: 1, defaultPort: 7000, defaultStrategy: 'pinned',
  optionsSchema: { type: 'object', additionalProperties: false, properties: { retries: { type: 'integer', default: 2 } } },
  connectionSchema: nothing, commandSchema: nothing, configSchema: nothing, switchesSchema: nothing,
  load: async (options) => { globalThis.acmeLoads = (globalThis.acmeLoads ?? 0) + 1; return () => options },
  ${changes}
}
`
