import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPluginHost } from '../../src/open-plugin-host.js'
import { Application } from '../support/application.js'

const run = promisify(execFile)

/** Every secret is what the operator's options say, below the mount of the same name. */
const plugin = `
import { definePlugin } from '@netpulse/plugin-sdk'

export default definePlugin({
  kind: 'credential',
  name: 'acme_shelf',
  apiVersion: 1,
  optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
  providerSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['password'],
    properties: { password: { type: 'string', writeOnly: true } },
  },
  defaultMount: 'shelf',
  accepts: ['mount'],
  load: async () => (await import('./provider.js')).createProvider,
})
`

const provider = `
import { Secret } from '@netpulse/core'
import { providerError } from '@netpulse/plugin-sdk'

export const createProvider = ({ password }) => ({
  async fetch({ path, mount }) {
    if (mount !== 'shelf') throw providerError('CREDENTIAL_NOT_FOUND', 'There is one shelf only.')
    return new Map([['username', new Secret(path)], ['password', new Secret(password)]])
  },
  async [Symbol.asyncDispose]() {
    console.log('disposed')
  },
})
`

/** Starts NetPulse with two providers of the third party's kind, and asks the one that is named for a reference. */
const program = `
import { createNetPulse } from '@netpulse/engine'

const [name, plugin, ref, mount] = process.argv.slice(2)
const one = { plugin, options: { password: 'p1' }, allowedPaths: ['shelf/a', 'other'] }
const options = {
  store: 'memory:',
  plugins: { 'netpulse-credential-acme': {} },
  credentials: { providers: { one, two: { ...one, options: { password: 'p2' } } } },
}
try {
  const netpulse = await createNetPulse(options)
  const reference = { name, ref, ...(mount === undefined ? {} : { mount }) }
  console.log(JSON.stringify(await netpulse.testCredential(reference).catch(({ code }) => code)))
  await netpulse.close()
} catch ({ code, message }) {
  console.log(code, message)
}
`

describe('a credential provider of a third party', () => {
  let app: Application

  beforeEach(() => {
    app = new Application()
    const exports = { './plugin': { default: './plugin.js' } }
    app.install('netpulse-credential-acme', { exports }, { 'plugin.js': plugin, 'provider.js': provider })
    for (const name of ['core', 'engine'])
      app.link(`@netpulse/${name}`, fileURLToPath(new URL(`../../../${name}`, import.meta.url)))
  })

  afterEach(() => app.remove())

  const start = async (...args: readonly string[]): Promise<string> => {
    writeFileSync(join(app.folder, 'main.mjs'), program)
    return (await run(process.execPath, ['main.mjs', ...args], { cwd: app.folder })).stdout
  }

  it('is found by its name, without being loaded', async () => {
    const host = await openPluginHost({ appDir: app.folder, plugins: { 'netpulse-credential-acme': {} } })
    expect(host.get('credential', 'acme_shelf').manifest).toMatchObject({ defaultMount: 'shelf', accepts: ['mount'] })
  })

  const asks = [
    {
      name: 'answers for the provider that is named, and is closed',
      args: ['two', 'acme_shelf', 'a/r1'],
      says: '{"provider":"two","fields":["password","username"],"options":["username","password"]}\ndisposed\n',
    },
    {
      name: 'says what it lacks',
      args: ['one', 'acme_shelf', 'x', 'other'],
      says: '"CREDENTIAL_NOT_FOUND"\ndisposed\n',
    },
    {
      name: 'is not even asked outside of its allowed paths',
      args: ['one', 'acme_shelf', 'b'],
      says: '"CREDENTIAL_NOT_ALLOWED"\n',
    },
    {
      name: 'has the name that it is called by',
      args: ['one', 'acme_shlef', 'a'],
      says: /PLUGIN_UNKNOWN .*"acme_shelf"/,
    },
  ]
  it.each(asks)('$name', async ({ args, says }) => {
    const answer = await start(...args)
    if (typeof says === 'string') expect(answer).toBe(says)
    else expect(answer).toMatch(says)
  })

  it.each(['providerSchema', 'accepts'])('is refused without %s', async (field) => {
    const text = plugin.replace(new RegExp(`  ${field}:`), `  not_${field}:`)
    app.install(
      'netpulse-credential-bad',
      { exports: { './plugin': { default: './plugin.js' } } },
      { 'plugin.js': text },
    )
    const opening = openPluginHost({ appDir: app.folder, plugins: { 'netpulse-credential-bad': {} } })
    await expect(opening).rejects.toMatchObject({ code: 'PLUGIN_INVALID' })
  })
})
