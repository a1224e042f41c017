import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunningServer } from '@netpulse/server'
import { loadKeyring, openCredentialFile } from '@netpulse/credentials'
import { startServer } from '@netpulse/server'
import type { Simulator } from '@netpulse/simulator'
import { startSimulator } from '@netpulse/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderDriverPackage, installFolderDriver } from '../../../../tools/test/folder-driver.mjs'
import type { ExampleRequest } from '../support/openapi-document.js'
import type { TaskBox } from '../../../../tools/test/task-box/box.mjs'
import { installTaskBox, startTaskBox, taskBoxPlugin } from '../../../../tools/test/task-box/box.mjs'
import { exampleRequests, flawsOfAnswer, flawsOfModel, operations } from '../support/openapi-document.js'

const login = { username: 'admin', password: 'secret-of-all' }
const names = ['r1', 'r2', 'r3'] as const

/** Lists that must have something in them, or their check would say nothing. */
const filledLists = [
  'listJobs',
  'listWorkers',
  'listHeldDevices',
  'listAudit',
  'listJobDeliveries',
  'listDeadDeliveries',
  'listKeys',
  'listHostKeys',
  'listLoginPauses',
  'listDetachedTasks',
]

/** Address of the examples for servers, and not for network devices. */
const serverExample = '192.0.2.9'

interface Job {
  readonly id: string
  readonly device: string
  readonly worker: string | null
  readonly outcome: string | null
}

describe('the examples of the OpenAPI document at a running server', () => {
  let simulator: Simulator
  let server: RunningServer
  let folder: string
  let box: TaskBox

  /** A provider of the name that the examples use, with the secret that they refer to. */
  async function credentialProvider() {
    const options = { file: join(folder, 'credentials.json'), keyring_file: join(folder, 'keyring.json') }
    const file = openCredentialFile(options.file, await loadKeyring(options.keyring_file))
    await file.set('network/core', login)
    return { plugin: 'file', options }
  }

  beforeAll(async () => {
    simulator = await startSimulator({
      devices: [
        ...names.map((name) => ({ name, platform: 'cisco_iosxe', ...login })),
        { name: 'slow', platform: 'cisco_iosxe', thinkTimeMs: 60_000, ...login },
        { name: 'cut', platform: 'cisco_iosxe', ...login },
      ],
    })
    folder = await mkdtemp(join(tmpdir(), 'np-examples-'))
    await installDrivers()
    box = await startTaskBox()
    server = await startServer({
      store: 'memory:',
      app_dir: folder,
      plugins: { [taskBoxPlugin]: {}, [folderDriverPackage]: {} },
      audit: { enabled: true },
      webhooks: { allow: ['127.0.0.1'] },
      credentials: { providers: { vault: await credentialProvider() } },
      server: { port: 0 },
      worker: { drain_timeout: 0 },
      log: { level: 'error' },
    })
    await exec('r1', { command: 'show clock' }, 20)
  })

  afterAll(async () => {
    await server.stop()
    await simulator.stop()
    await box[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const connectionTo = (name: string) => {
    const { platform, host, port } = simulator.device(name)
    return { device_type: platform, host, port, ...login }
  }

  /** The drivers that the examples use: the bundled one, for files one whose device is a folder, for tasks one of this machine. */
  async function installDrivers() {
    await mkdir(join(folder, 'box/etc'), { recursive: true })
    await writeFile(join(folder, 'box/etc/hostname'), 'box')
    await installFolderDriver(folder)
    installTaskBox(folder)
  }

  async function send(method: string, path: string, body?: unknown) {
    const stop = new AbortController()
    const isForm = body instanceof FormData
    const contentType = body === undefined || isForm ? {} : { 'content-type': 'application/json' }
    const answer = await fetch(server.url + path, {
      method,
      headers: { 'x-api-key': server.newKey!, ...contentType },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      signal: stop.signal,
    })
    const type = (answer.headers.get('content-type') ?? '').split(';')[0]!
    const json: unknown = type === 'application/json' ? await answer.json() : undefined
    if (json === undefined) stop.abort() // a stream need not end
    return { status: answer.status, type, json }
  }

  async function exec(name: string, work: object, wait = 0) {
    const body = { driver: 'cli', connection_args: connectionTo(name), ...work }
    const { status, json } = await send('POST', `/device/exec?wait=${wait}`, body)
    expect(status, JSON.stringify(json)).toBe(201)
    return json as Job
  }

  /** A device whose last change has an outcome that nobody knows; it waits until its hold is released. */
  async function heldDevice() {
    const [hold] = (await send('GET', '/devices/holds')).json as { readonly device: string }[]
    if (hold !== undefined) return hold.device
    simulator.device('cut').fail({ at: 'config-line', line: 2 })
    const job = await exec('cut', { config: ['interface Loopback1', 'description one', 'description two'] }, 20)
    expect(job.outcome).toBe('unknown')
    return job.device
  }

  async function uploadedFile() {
    const form = new FormData()
    form.append('file', new Blob(['x']), 'x')
    return ((await send('POST', '/storage/files', form)).json as { readonly staged_file_id: string }).staged_file_id
  }

  /** A file that a job has brought. */
  async function broughtFile() {
    const work = {
      driver: 'folder',
      connection_args: folderArgs(),
      file_transfer: { operation: 'download', remote_path: '/etc/hostname' },
    }
    const { id, outcome } = await exec('r1', work, 20)
    expect(outcome).toBe('succeeded')
    return `dl_${id}/hostname`
  }

  /** Nothing can be delivered there, and nothing is tried again. */
  const webhook = { url: 'http://127.0.0.1:9/', max_retries: 0 }

  async function deadDelivery() {
    await exec('r1', { command: 'show clock', webhook }, 20)
    const dead = async () => (await send('GET', '/webhooks/dead')).json as { readonly id: string }[]
    await expect.poll(dead, { timeout: 10_000 }).not.toEqual([])
    return (await dead())[0]!.id
  }

  /** A device that is left alone: nobody listens at port 9. */
  async function loginPause() {
    const body = {
      driver: 'cli',
      connection_args: { device_type: 'cisco_iosxe', host: '127.0.0.1', port: 9, ...login },
    }
    for (let n = 0; n < 5; n++) await send('POST', '/device/test', body)
    return ((await send('GET', '/logins/pauses')).json as { readonly id: string }[])[0]!.id
  }

  async function newKey() {
    const { json } = await send('POST', '/keys', { name: 'to be read', role: 'viewer' })
    return (json as { readonly id: string }).id
  }

  /** A server that can leave work running. */
  const atBox = () => ({ host: box.device.host, port: box.device.port, ...box.connection })

  async function task(): Promise<string> {
    const body = { driver: 'task-box', connection_args: atBox(), command: 'echo one; sleep 300', detach: true }
    const { json } = await send('POST', '/device/exec?wait=20', body)
    return (json as { readonly task_id: string }).task_id
  }

  /** The addresses of the examples are for documents only: here 192.0.2.N is the simulated device N. */
  function atSimulator(args: Readonly<Record<string, unknown>>): object {
    if (args['host'] === serverExample) return atBox()
    const number = /^192\.0\.2\.(\d)$/.exec(String(args['host']))?.[1]
    if (number === undefined) return { ...args, ...login }
    const { host, port } = connectionTo(names[Number(number) - 1]!)
    return { ...args, ...(args['username'] === undefined ? {} : login), host, port }
  }

  /** The device of the driver for files. */
  const folderArgs = () => ({ host: 'box', root: join(folder, 'box'), log: join(folder, 'box.log') })

  function bodyOf({ form, ...example }: ExampleRequest): unknown {
    if (form === undefined) return jsonOf(example)
    const body = new FormData()
    for (const [name, text] of Object.entries(form)) {
      if (name === 'file') body.append(name, new Blob([text]), 'example.bin')
      else body.append(name, JSON.stringify(jsonOf({ ...example, body: JSON.parse(text) as unknown })))
    }
    return body
  }

  function jsonOf({ body, path }: ExampleRequest): unknown {
    if (body === undefined) return undefined
    const { connection_args: args, devices, ...rest } = body as Record<string, Record<string, unknown>>
    if (rest['file_transfer'] !== undefined) return { ...rest, driver: 'folder', connection_args: folderArgs() }
    return {
      ...rest,
      // The driver of the example is one that not every installation has.
      ...(args?.['host'] === serverExample ? { driver: 'task-box' } : {}),
      ...(rest['webhook'] === undefined ? {} : { webhook }),
      ...(args === undefined ? {} : { connection_args: atSimulator(args) }),
      ...(Array.isArray(devices) && path.startsWith('/device/')
        ? { devices: devices.map((device: Record<string, unknown>) => atSimulator(device)) }
        : given(devices)),
    }
  }

  /** Parts of paths that exist here. An operation that is not listed is sent as the document has it. */
  const existing: Readonly<Record<string, () => Promise<Readonly<Record<string, string>>>>> = {
    readJob: async () => ({ id: (await exec('r1', { command: 'show clock' }, 20)).id }),
    cancelJob: async () => ({ id: (await exec('slow', { command: 'show clock' })).id }),
    followJob: async () => ({ id: (await exec('r1', { command: 'show clock' }, 20)).id }),
    endWorker: async () => ({ name: (await exec('r2', { command: 'show clock' }, 20)).worker! }),
    releaseHeldDevice: async () => ({ id: await heldDevice() }),
    listJobDeliveries: async () => ({ id: (await exec('r1', { command: 'show clock', webhook }, 20)).id }),
    listDeadDeliveries: async () => ({ id: await deadDelivery() }),
    replayDelivery: async () => ({ id: await deadDelivery() }),
    listHeldDevices: async () => ({ id: await heldDevice() }),
    listLoginPauses: async () => ({ id: await loginPause() }),
    endLoginPause: async () => ({ id: await loginPause() }),
    removeFile: async () => ({ id: await uploadedFile() }),
    fetchFile: async () => ({ file_id: await broughtFile() }),
    readKey: async () => ({ id: await newKey() }),
    rotateKey: async () => ({ id: await newKey() }),
    revokeKey: async () => ({ id: await newKey() }),
    readDetachedTask: async () => ({ task_id: await task() }),
    killDetachedTask: async () => ({ task_id: await task() }),
    listDetachedTasks: async () => ({ task_id: await task() }),
    pinHostKey: async () => ({ address: '192.0.2.9:22' }),
    forgetHostKey: async () => {
      const address = '192.0.2.8:22'
      const key = { type: 'ssh-ed25519', fingerprint: `SHA256:${'A'.repeat(43)}` }
      expect((await send('PUT', `/host-keys/${encodeURIComponent(address)}`, key)).status).toBe(200)
      return { address }
    },
  }

  const given = (devices: unknown): object => (devices === undefined ? {} : { devices })

  const urlOf = ({ path, query }: ExampleRequest, params: Readonly<Record<string, unknown>>): string => {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
    const values = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])
    const text = new URLSearchParams(values).toString()
    return text === '' ? filled : `${filled}?${text}`
  }

  it('has an example of every operation', () => {
    const sent = new Set(exampleRequests.map(({ operationId }) => operationId))
    expect([...sent].sort()).toEqual(operations.map(({ operation }) => operation.operationId).sort())
  })

  it.each(exampleRequests)('$name is answered as the document says', async (example) => {
    const { operationId, method, params } = example
    const found = await existing[operationId]?.()
    const answer = await send(method, urlOf(example, { ...params, ...found }), bodyOf(example))
    expect(flawsOfAnswer(operationId, answer), JSON.stringify(answer)).toEqual([])
    if (found !== undefined || Object.keys(params).length === 0)
      expect(answer.status, JSON.stringify(answer)).toBeLessThan(300)
    if (filledLists.includes(operationId) && Object.keys(example.query).length === 0)
      expect(answer.json).not.toEqual([])
    expect((answer.json as { failed?: unknown[] } | undefined)?.failed ?? []).toEqual([])
  })

  it('sends messages of a stream that are as the document says', async () => {
    const { id } = await exec('r1', { command: 'show clock' }, 20)
    const answer = await fetch(`${server.url}/jobs/${id}/events`, { headers: { 'x-api-key': server.newKey! } })
    const messages = [...(await answer.text()).matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data!) as object,
    )
    expect(messages.length).toBeGreaterThanOrEqual(3)
    expect(messages.flatMap((message) => flawsOfModel('JobEventMessage', message))).toEqual([])
    expect(flawsOfModel('JobEventMessage', { ...messages[0], type: 'gone' })).toHaveLength(1)
  })

  it('finds an answer that is not as the document says', () => {
    const answer = { status: 200, type: 'application/json', json: { id: 'x', status: 'gone', cancel_requested: true } }
    expect(flawsOfAnswer('cancelJob', answer)).toEqual(['/status must be equal to one of the allowed values'])
    expect(flawsOfAnswer('cancelJob', { ...answer, status: 418 })).toEqual(['the status 418 is not in the document'])
    expect(flawsOfAnswer('cancelJob', { ...answer, json: {} })).toHaveLength(3)
  })
})
