import { isNetPulseError } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPluginHost } from '../../src/open-plugin-host.js'
import type { PluginHost } from '../../src/plugin-host.js'
import { modulesLoadedBy } from '../../src/testing/loaded-modules.js'
import { Application } from '../support/application.js'

let app: Application
beforeEach(() => (app = new Application()))
afterEach(() => app.remove())

const open = (plugins: Record<string, Record<string, never> | { retries: unknown }>): Promise<PluginHost> =>
  openPluginHost({ appDir: app.folder, plugins: plugins as Record<string, Record<string, never>> })

async function refusal(run: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await run()
  } catch (error) {
    if (isNetPulseError(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('nothing was refused')
}

describe('openPluginHost', () => {
  it('finds a plugin of the application by name and alias, with its package, version and options', async () => {
    app.installPlugin('@acme/driver')
    const host = await open({ '@acme/driver': { retries: 5 } })
    const found = host.get('driver', 'acme')
    expect(found).toMatchObject({ packageName: '@acme/driver', version: '1.2.3', options: { retries: 5 } })
    expect(host.get('driver', 'acme_old')).toBe(found)
    expect(host.list('driver')).toEqual([found])
    expect(host.list('scheduler')).toEqual([])
  })

  it('loads once, with defaults filled into the options', async () => {
    app.installPlugin('acme')
    const found = (await open({ acme: {} })).get('driver', 'acme')
    const [first, second] = await Promise.all([found.load(), found.load()])
    expect(second).toBe(first)
    expect((first as unknown as () => unknown)()).toEqual({ retries: 2 })
  })

  it('reads a manifest without loading what load() imports', async () => {
    app.installPlugin('acme', "load: () => import('./heavy.js')", { 'heavy.js': 'export const heavy = true' })
    const entry = `file://${app.folder}/node_modules/acme/plugin.js`
    const urls = await modulesLoadedBy(entry)
    expect(urls).toContain(entry)
    expect(urls.filter((url) => url.endsWith('heavy.js'))).toEqual([])
  })

  it('does not leave out a built-in plugin that is installed and broken', async () => {
    app.install('@netpulse/driver-cli', { exports: { './plugin': { default: './dist/plugin.js' } } }, {})
    expect(await refusal(() => open({}))).toMatchObject({ code: 'PLUGIN_INVALID' })
  })

  it('says which package threw while its manifest was imported', async () => {
    app.installPlugin('acme', "name: (() => { throw new Error('no such chip') })()")
    const { code, message } = await refusal(() => open({ acme: {} }))
    expect(code).toBe('PLUGIN_LOAD_FAILED')
    expect(message).toContain('acme')
  })

  it('leaves out a built-in plugin that the application has not installed', async () => {
    expect((await open({})).list('driver')).toEqual([])
  })

  it('says of an unknown name which one is near, and takes no path for a name', async () => {
    app.installPlugin('acme')
    const host = await open({ acme: {} })
    expect(await refusal(() => host.get('driver', 'acmee'))).toMatchObject({
      code: 'PLUGIN_UNKNOWN',
      message: 'No driver of that name is configured; did you mean "acme"?',
    })
    for (const name of ['../../etc/passwd', 'file:///etc/passwd', '@acme/driver', '__proto__', 'constructor'])
      expect(await refusal(() => host.get('driver', name))).toMatchObject({ code: 'PLUGIN_UNKNOWN' })
  })

  it('says of a wrong kind what the plugin is', async () => {
    app.installPlugin('acme')
    const host = await open({ acme: {} })
    const { code, message } = await refusal(() => host.get('scheduler', 'acme'))
    expect(code).toBe('PLUGIN_INVALID')
    expect(message).toContain('is a driver, not a scheduler')
    expect(await refusal(() => host.get('scheduler', 'acme_old'))).toEqual({ code, message })
  })

  it('sees what CommonJS modules require of each other, too', async () => {
    app.install('heavy', { type: 'commonjs', main: 'index.js' }, { 'index.js': '', 'part.js': "require('./index.js')" })
    app.installPlugin('acme', "x: (await import('heavy/part.js')).default")
    const urls = await modulesLoadedBy(`file://${app.folder}/node_modules/acme/plugin.js`)
    expect(urls.filter((url) => url.includes('/node_modules/heavy/')).map((url) => url.split('/').at(-1))).toEqual([
      'part.js',
      'index.js',
    ])
  })

  it('refuses another plugin API with both versions and the fix', async () => {
    app.installPlugin('acme', 'apiVersion: 7')
    const { code, message } = await refusal(() => open({ acme: {} }))
    expect(code).toBe('PLUGIN_API_VERSION')
    expect(message).toMatch(/plugin API 7.*speaks 1: install a version of it/)
  })

  it.each(['@netpulse/plugin-sdk', '@netpulse/driver-sdk'])(
    'refuses a second %s of an incompatible version with both places and the fix',
    async (sdk) => {
      const place = `node_modules/${sdk}`
      app.installPlugin('acme', '', { [`${place}/package.json`]: JSON.stringify({ name: sdk, version: '0.9.1' }) })
      const { code, message } = await refusal(() => open({ acme: {} }))
      expect(code).toBe('PLUGIN_DUPLICATE_SDK')
      expect(message).toContain(`brings its own ${sdk} 0.9.1 (${app.folder}/node_modules/acme/${place})`)
      expect(message).toContain('npm dedupe')
    },
  )

  it('takes a second SDK that differs by a patch', async () => {
    app.installPlugin('acme', '', {
      'node_modules/@netpulse/plugin-sdk/package.json': '{"name":"@netpulse/plugin-sdk","version":"0.1.99"}',
    })
    expect((await open({ acme: {} })).list('driver')).toHaveLength(1)
  })

  it('refuses a package that is not installed with the command that installs it', async () => {
    const { code, message } = await refusal(() => open({ '@acme/driver': {} }))
    expect(code).toBe('PLUGIN_NOT_INSTALLED')
    expect(message).toContain('npm install @acme/driver')
  })

  it('names both packages that claim one name', async () => {
    app.installPlugin('one')
    app.installPlugin('two', "name: 'other', aliases: ['acme']")
    const { code, message } = await refusal(() => open({ one: {}, two: {} }))
    expect(code).toBe('PLUGIN_NAME_CLASH')
    expect(message).toMatch(/Packages one and two both claim the driver name "acme"/)
  })

  it.each([
    {
      name: 'no ./plugin export',
      install: () => app.install('acme', { exports: { '.': './index.js' } }, {}),
      says: '"./plugin" export under the "default" condition is missing',
    },
    {
      name: 'a ./plugin export under import only',
      install: () => app.install('acme', { exports: { './plugin': { import: './plugin.js' } } }, { 'plugin.js': '' }),
      says: 'under the "default" condition',
    },
    {
      name: 'a ./plugin export that was never built',
      install: () => app.install('acme', { exports: { './plugin': { default: './dist/plugin.js' } } }, {}),
      says: '"./plugin" export under the "default" condition leads to a file that is not there',
    },
    {
      name: 'a package without exports',
      install: () => app.install('acme', { main: 'index.js' }, { 'index.js': '' }),
      says: '"./plugin" export under the "default" condition leads to a file that is not there',
    },
    {
      name: 'a schema with a word that means nothing',
      install: () => app.installPlugin('acme', "commandSchema: { type: 'object', propertees: {} }"),
      says: 'commandSchema is no JSON schema: strict mode: unknown keyword: "propertees"',
    },
    {
      name: 'no default export',
      install: () =>
        app.install(
          'acme',
          { exports: { './plugin': { default: './plugin.js' } } },
          { 'plugin.js': 'export const x = 1' },
        ),
      says: 'no default export',
    },
    {
      name: 'a manifest without a schema',
      install: () => app.installPlugin('acme', 'commandSchema: undefined'),
      says: 'commandSchema is required',
    },
    {
      name: 'a manifest without load',
      install: () => app.installPlugin('acme', 'load: 5'),
      says: 'load must be a function',
    },
    {
      name: 'a bad name',
      install: () => app.installPlugin('acme', "name: 'A C M E'"),
      says: 'name must match pattern',
    },
  ])('refuses $name', async ({ install, says }) => {
    install()
    const { code, message } = await refusal(() => open({ acme: {} }))
    expect(code).toBe('PLUGIN_INVALID')
    expect(message).toContain(says)
  })

  it('refuses options that do not fit, by path', async () => {
    app.installPlugin('acme')
    const { code, message } = await refusal(() => open({ acme: { retries: 'many' } }))
    expect(code).toBe('INVALID_INPUT')
    expect(message).toContain('plugin acme is invalid: retries: must be integer, got string')
  })

  it('keeps a failed load failed, and says whose it is', async () => {
    app.installPlugin('acme', "load: async () => { throw new Error('no such chip') }")
    const found = (await open({ acme: {} })).get('driver', 'acme')
    const first = await found.load().catch((error: unknown) => error)
    expect(first).toMatchObject({ code: 'PLUGIN_LOAD_FAILED', message: expect.stringContaining('acme') })
    expect(await found.load().catch((error: unknown) => error)).toBe(first)
  })
})
