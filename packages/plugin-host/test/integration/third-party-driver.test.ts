import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { DriverManifest } from '@netpulse/driver-sdk'
import type { DriverUnderTest } from '@netpulse/driver-sdk/testing'
import { driverChecks, runDriverCheck } from '@netpulse/driver-sdk/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AcmeBox } from '../support/acme-box.js'
import { PackedApplication } from '../support/packed-application.js'

const readme = readFileSync(fileURLToPath(new URL('../../../../README.md', import.meta.url)), 'utf8')

/** The file that the README shows under its name: the driver of the test is the one that a reader would copy. */
function shown(file: string): string {
  const code = new RegExp(`^\`${file}\`[^\\n]*\\n(?:[^\\n\`][^\\n]*\\n)*\\n\`\`\`js\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(
    readme,
  )
  if (code === null) throw new Error(`README.md shows no ${file}`)
  return code[1]!
}

const driverPackage = {
  name: 'netpulse-driver-acme',
  version: '2.3.4',
  type: 'module',
  exports: { './plugin': { default: './plugin.js' } },
  peerDependencies: { '@netpulse/driver-sdk': '^0.1.0' },
}

/** An application that has NetPulse talk to the box whose port and token it is given. */
const program = `
import { createNetPulse } from '@netpulse/engine'

const [port, token] = process.argv.slice(2)
const netpulse = await createNetPulse({ plugins: { 'netpulse-driver-acme': {} } })
const request = {
  driver: 'acme',
  connectionArgs: { host: '127.0.0.1', port: Number(port), token },
}
const jobs = []
for (const command of [['show one', 'shwo two'], ['show three']]) {
  const { id } = await netpulse.submit({ ...request, command })
  const { status, outcome, result } = await netpulse.wait(id)
  jobs.push({ status, outcome, answers: result.results.map(({ stdout, exitStatus }) => ({ stdout, exitStatus })) })
}
const misspelt = await netpulse
  .submit({ ...request, driver: 'acmee', command: 'show one' })
  .then(() => 'taken', (error) => ({ code: error.code, message: error.message }))
await netpulse.close()
console.log(JSON.stringify({ engine: import.meta.resolve('@netpulse/engine'), jobs, misspelt }))
`

describe('a driver of a third party, installed beside packed packages outside the repository', () => {
  let app: PackedApplication

  beforeAll(async () => {
    app = new PackedApplication()
    app.write({
      'package.json': JSON.stringify({ name: 'application', private: true, type: 'module' }),
      'main.js': program,
      'acme/package.json': JSON.stringify(driverPackage),
      'acme/plugin.js': shown('plugin.js'),
      'acme/driver.js': shown('driver.js'),
    })
    await app.install('@netpulse/engine', 'acme')
  }, 180_000)

  afterAll(() => app.remove())

  it('shares the one SDK of the application', () => {
    expect(existsSync(join(app.folder, 'node_modules/@netpulse/driver-sdk/package.json'))).toBe(true)
    expect(existsSync(join(app.folder, 'node_modules/netpulse-driver-acme/node_modules'))).toBe(false)
  })

  it('runs jobs by its name, over one session, with the durable store', async () => {
    await using box = await AcmeBox.start()
    const lines = (await app.node('main.js', `${box.device.port}`, box.connection.token)).trim().split('\n')
    const { engine, jobs, misspelt } = JSON.parse(lines.at(-1)!) as Record<string, unknown>
    expect(fileURLToPath(engine as string)).toBe(
      join(realpathSync(app.folder), 'node_modules/@netpulse/engine/dist/index.js'),
    )
    expect(jobs).toEqual([
      {
        status: 'finished',
        outcome: 'refused',
        answers: [
          { stdout: 'you said show one', exitStatus: 0 },
          { stdout: 'ERR what?', exitStatus: 1 },
        ],
      },
      { status: 'finished', outcome: 'succeeded', answers: [{ stdout: 'you said show three', exitStatus: 0 }] },
    ])
    expect(box.accepted).toBe(1)
    expect(misspelt).toMatchObject({ code: 'DRIVER_UNKNOWN', message: expect.stringContaining('"acme"') })
    expect(existsSync(join(app.folder, '.netpulse'))).toBe(true)
  })

  const declares = { config: false, candidate: false, save: false, readTimeout: false, files: false }
  const checks = driverChecks.filter(({ needs }) => needs === undefined || declares[needs])

  it.each(checks.map((check) => [check.name, check] as const))('passes the conformance kit: %s', async (_, check) => {
    const entry = join(app.folder, 'node_modules/netpulse-driver-acme/plugin.js')
    const { default: manifest } = (await import(pathToFileURL(entry).href)) as { default: DriverManifest }
    const acme: DriverUnderTest = { name: 'acme', manifest, declares, device: () => AcmeBox.start() }
    await runDriverCheck(acme, check)
  })
})
