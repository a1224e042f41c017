import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { asDeviceId, asNodeId } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPluginHost } from '../../src/open-plugin-host.js'
import { Application } from '../support/application.js'

const run = promisify(execFile)

/** Devices go to the nodes in order of their names, backwards or as the operator's option says. */
const plugin = `
import { definePlugin } from '@netpulse/plugin-sdk'

export default definePlugin({
  kind: 'scheduler',
  name: 'by_name',
  apiVersion: 1,
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { backwards: { type: 'boolean', default: true } },
  },
  load: async (options) => (await import('./scheduler.js')).createScheduler(options),
})
`

const scheduler = `
globalThis.acmeSchedulerIsLoaded = true

export const createScheduler = ({ backwards }) => ({
  place(devices, nodes) {
    const order = nodes.map(({ node, pinned, capacity }) => ({ node, room: capacity - pinned }))
    order.sort((a, b) => (a.node < b.node === backwards ? 1 : -1))
    return devices.map(() => {
      const first = order.find(({ room }) => room > 0)
      if (first !== undefined) first.room--
      return first?.node
    })
  },
})
`

/** Starts NetPulse with the scheduler that it is given; prints the refusal, or whether the third party's was loaded. */
const program = `
import { createNetPulse } from '@netpulse/engine'

const options = { store: 'memory:', plugins: { 'netpulse-scheduler-acme': {} }, scheduler: process.argv[2] }
const netpulse = await createNetPulse(options).catch(({ code, message }) => console.log(code, message))
if (netpulse !== undefined) console.log(globalThis.acmeSchedulerIsLoaded === true ? 'loaded' : 'not loaded')
await netpulse?.close()
`

describe('a scheduler of a third party', () => {
  let app: Application

  beforeEach(() => {
    app = new Application()
    const exports = { './plugin': { default: './plugin.js' } }
    app.install('netpulse-scheduler-acme', { exports }, { 'plugin.js': plugin, 'scheduler.js': scheduler })
  })

  afterEach(() => app.remove())

  it.each([
    { name: 'its default', options: {}, chosen: ['n2', 'n1', 'n1', undefined] },
    { name: "the operator's option", options: { backwards: false }, chosen: ['n1', 'n1', 'n2', undefined] },
  ])('is found by its name and places devices by $name', async ({ options, chosen }) => {
    const host = await openPluginHost({ appDir: app.folder, plugins: { 'netpulse-scheduler-acme': options } })
    expect(host.list('scheduler').map(({ manifest }) => manifest.name)).toEqual(['by_name'])
    const { place } = await host.get('scheduler', 'by_name').load()
    const nodes = [
      { node: asNodeId('n1'), pinned: 0, capacity: 2 },
      { node: asNodeId('n2'), pinned: 4, capacity: 5 },
    ]
    expect(place(['a', 'b', 'c', 'd'].map(asDeviceId), nodes, Math.random)).toEqual(chosen)
  })

  it('is the one that the engine starts with when it is named, and no other name is taken for it', async () => {
    app.link('@netpulse/engine', fileURLToPath(new URL('../../../engine', import.meta.url)))
    writeFileSync(join(app.folder, 'main.mjs'), program)
    const startWith = async (name: string): Promise<string> =>
      (await run(process.execPath, ['main.mjs', name], { cwd: app.folder })).stdout
    expect(await startWith('by_name')).toBe('loaded\n')
    expect(await startWith('least_load')).toBe('not loaded\n')
    expect(await startWith('by_nmae')).toMatch(/^PLUGIN_UNKNOWN .*did you mean "by_name"/)
  })
})
