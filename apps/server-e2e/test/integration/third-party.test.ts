import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PackageJson, Tarball } from './third-party-application.js'
import { ThirdPartyApplication } from './third-party-application.js'

const root = new URL('../../../../', import.meta.url)
const section = /^## Extend it with a driver\n([\s\S]*?)^## /m.exec(
  readFileSync(new URL('README.md', root), 'utf8'),
)?.[1]

/** What the README's section shows, letter for letter: what a reader copies is what is tried. */
function shown(pattern: RegExp): string {
  const text = pattern.exec(section ?? '')?.[1]
  if (text === undefined) throw new Error(`README.md shows nothing like ${String(pattern)}`)
  return text
}

const driverPackage = (): object => ({
  name: 'netpulse-driver-acme',
  version: '2.3.4',
  type: 'module',
  ...(JSON.parse(`{${shown(/^Its `package\.json` has `([^`]+)`/m)}}`) as object),
  peerDependencies: { '@netpulse/driver-sdk': '^0.1.0' },
})

/** A device that answers each line with a line, and a job for it by the driver's name. */
const program = `
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { createNetPulse } from '@netpulse/engine'

const answerTo = (line) => (line.startsWith('login ') ? 'ok' : 'acme heard ' + line)
const server = createServer((socket) => {
  createInterface({ input: socket }).on('line', (line) => socket.write(answerTo(line) + '\\n'))
}).listen(0, '127.0.0.1')
await once(server, 'listening')

const netpulse = await createNetPulse({ store: 'memory:', plugins: { 'netpulse-driver-acme': {} } })
const { id } = await netpulse.submit({
  driver: 'acme',
  connectionArgs: { host: '127.0.0.1', port: server.address().port, token: 'open sesame' },
  command: ['show version'],
})
const { status, outcome, result } = await netpulse.wait(id)
await netpulse.close()
server.close()
const engine = import.meta.resolve('@netpulse/engine')
console.log(JSON.stringify({ engine, status, outcome, stdout: result.results.map(({ stdout }) => stdout) }))
`

/** Loads every entry that needs no vitest, and reads every platform. */
const entries = (packages: readonly PackageJson[]): string => `
import { loadPlatforms } from '@netpulse/platforms'
const loaded = {}
for (const entry of ${JSON.stringify(packages.flatMap(entriesOf))}) loaded[entry] = Object.keys(await import(entry)).length
const catalog = loadPlatforms()
const platforms = catalog.list().map(({ name }) => catalog.get(name).name)
console.log(JSON.stringify({ loaded, platforms }))
`

const entriesOf = ({ name, exports }: PackageJson): string[] =>
  Object.keys(exports)
    .filter((entry) => entry !== './package.json' && entry !== './testing')
    .map((entry) => name + entry.slice(1))

/** Every file that a package.json promises. */
const promisedBy = ({ exports, bin = {} }: PackageJson): string[] =>
  [...Object.values(exports).flatMap(pathsOf), ...Object.values(bin)].map((path) => path.replace(/^\.\//, ''))

const pathsOf = (target: PackageJson['exports'][string]): string[] =>
  typeof target === 'string' ? [target] : Object.values(target)

describe('our packages, packed and installed outside the repository beside a driver of a third party', () => {
  let app: ThirdPartyApplication
  let ours: readonly Tarball[]

  beforeAll(async () => {
    app = await ThirdPartyApplication.create()
    ours = await app.packOurs()
    await app.write({
      'package.json': JSON.stringify({ name: 'application', private: true, type: 'module' }),
      'job.js': program,
      'entries.js': entries(ours.map(({ packageJson }) => packageJson)),
      'acme/package.json': JSON.stringify(driverPackage()),
      'acme/plugin.js': shown(/^`plugin\.js`[^\n]*\n\n```js\n([\s\S]*?)^```$/m),
      'acme/driver.js': shown(/^`driver\.js`[^\n]*\n\n```js\n([\s\S]*?)^```$/m),
    })
    await app.install([...ours, ...(await app.packOwn('acme'))])
  }, 180_000)

  afterAll(() => app.remove())

  it('hold all that their package.json promises, and neither sources, tests nor build notes', () => {
    expect(ours.map(({ packageJson }) => packageJson.name)).toContain('@netpulse/engine')
    for (const { packageJson, files } of ours) {
      expect(files, packageJson.name).toEqual(expect.arrayContaining(promisedBy(packageJson)))
      const unwanted = files.filter((file) => /^(src|tests?)\/|\.(test|spec)\.|tsbuildinfo/.test(file))
      expect(unwanted, packageJson.name).toEqual([])
    }
  })

  it('load by every entry, with every platform of the repository', async () => {
    const { loaded, platforms } = JSON.parse(await app.node('entries.js')) as {
      loaded: Record<string, number>
      platforms: string[]
    }
    expect(Object.entries(loaded).filter(([, names]) => names === 0)).toEqual([])
    const files = readdirSync(new URL('packages/platforms/definitions', root))
    const named = files.filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length))
    expect(named.length).toBeGreaterThan(0)
    expect(platforms).toEqual(expect.arrayContaining(named))
  })

  it("run a job by the README's driver, as the README shows it", async () => {
    const { engine, ...job } = JSON.parse(await app.node('job.js')) as Record<string, unknown>
    expect(fileURLToPath(engine as string)).toContain(join(realpathSync(app.folder), 'node_modules'))
    expect(job).toEqual({ status: 'finished', outcome: 'succeeded', stdout: ['acme heard show version'] })
  })
})
