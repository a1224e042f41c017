import type { RunningServer } from '@netpulse/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorBody } from '../../support/reference-server.js'
import { ReferenceServer } from '../../support/reference-server.js'

type Get = RunningServer['netpulse']['get']
type JobRecord = Awaited<ReturnType<Get>>

/** One field of a request: values that are taken, and those that are refused with the path of the error. */
interface FieldRow {
  /** Section of the reference. */
  readonly from: string
  readonly field: string
  readonly taken: readonly unknown[]
  readonly refused: readonly unknown[]
  /** Where the refusal says that it is; the field itself otherwise. */
  readonly path?: string
}

const long = (length: number): string => 'x'.repeat(length)

const rows: readonly FieldRow[] = [
  { from: 'A.2', field: 'driver', taken: ['netmiko', 'cli'], refused: ['', null, 5, long(101)] },
  { from: 'A.2', field: 'driver_args', taken: [null, {}, { read_timeout: 5 }], refused: ['x', [], 5] },
  { from: 'A.2', field: 'command', taken: ['show clock', ['show clock', 'show version']], refused: ['', [], 5, [5]] },
  { from: 'A.2', field: 'queue_strategy', taken: ['fifo', 'pinned', null], refused: ['lifo', '', 1] },
  { from: 'A.2', field: 'ttl', taken: [1, 86_400, null], refused: [0, 86_401, -1, 1.5, '5', true] },
  { from: 'A.2', field: 'execution_timeout', taken: [1, 86_400, null], refused: [0, 86_401, 1.5, '5'] },
  { from: 'A.2', field: 'result_ttl', taken: [60, 604_800, null], refused: [59, 604_801, 60.5, '60'] },
  { from: 'A.2', field: 'audit_mode', taken: ['full', 'metadata', 'none', null], refused: ['some', 1] },
  { from: 'A.2', field: 'webhook', taken: [null], refused: ['http://127.0.0.1/', [], 5] },
  { from: 'A.2', field: 'detach', taken: [false, null], refused: [true, 'false', 0] },
  { from: 'A.2', field: 'push_interval', taken: [null], refused: [10, 0, 3601, '10'] },
  { from: 'A.2', field: 'staged_file_id', taken: [null], refused: ['', 5] },
  // With a command there is nothing to save: what the reference drops without a word is refused.
  { from: 'A.2', field: 'save', taken: [false, null], refused: [true, 'yes', 1] },
  { from: 'A.2', field: 'enable_mode', taken: [true, false, null], refused: ['yes', 1] },
  { from: 'A.10', field: 'credential', taken: [null, { ref: 'ROUTERS' }], refused: ['ROUTERS', []] },
]

/** A part of `webhook`, beside its `url`. */
const webhookRows: readonly FieldRow[] = [
  { from: 'A.9', field: 'name', taken: ['basic', null], refused: ['', 5, long(101)] },
  {
    from: 'A.9',
    field: 'method',
    taken: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', null],
    refused: ['HEAD', 'post', 1],
  },
  { from: 'A.9', field: 'headers', taken: [{ 'X-A': 'b' }, {}, null], refused: ['x', { 'X-A': 5 }] },
  { from: 'A.9', field: 'cookies', taken: [{ a: 'b' }, {}, null], refused: ['x', { a: 5 }] },
  {
    from: 'A.9',
    field: 'auth',
    taken: [['user', 'password'], null],
    refused: [['user'], ['a', 'b', 'c'], 'a:b', [1, 2]],
  },
  { from: 'A.9', field: 'timeout', taken: [0.5, 120, 5, null], refused: [0.4, 120.1, '5'] },
  { from: 'A.9', field: 'max_retries', taken: [0, 10, null], refused: [-1, 11, 1.5] },
  { from: 'A.9', field: 'retry_intervals', taken: [[10, 30, 120], [0.5], null], refused: [[], 5, ['5'], [-1]] },
]

/** A part of `credential`, beside its `ref`. */
const credentialRows: readonly FieldRow[] = [
  { from: 'A.10', field: 'ref', taken: ['ROUTERS'], refused: ['', null, 5] },
  { from: 'A.10', field: 'name', taken: ['vault', null], refused: ['', 5] },
  { from: 'A.10', field: 'mount', taken: [null], refused: ['', 5] },
  { from: 'A.10', field: 'version', taken: [null], refused: [0, -1, 1.5, '1'] },
  { from: 'A.10', field: 'namespace', taken: [null], refused: ['', 5] },
  {
    from: 'A.10',
    field: 'field_mapping',
    taken: [{ username: 'USERNAME', password: 'PASSWORD' }, null],
    refused: [{}, 'x', { password: 5 }],
  },
]

/** Fields of capabilities that are not there: a change of one of these rows is a change of what the server can do. */
const unavailable: readonly { readonly from: string; readonly field: string; readonly value: unknown }[] = [
  { from: 'A.2', field: 'rendering', value: { name: 'jinja2', template: 'show {{ x }}' } },
  { from: 'A.2', field: 'parsing', value: { name: 'textfsm', template: 'Value X (.*)' } },
  { from: 'A.2', field: 'command', value: { name: 'Loopback1' } },
  { from: 'A.2', field: 'config', value: { name: 'Loopback1' } },
]

const drivers = [
  { alias: 'netmiko', here: 'cli' },
  { alias: 'napalm', here: undefined },
  { alias: 'pyeapi', here: undefined },
  { alias: 'paramiko', here: undefined },
]

const defaults: readonly {
  readonly from: string
  readonly name: string
  readonly bulk?: boolean
  readonly of: (job: JobRecord) => unknown
  readonly is: unknown
}[] = [
  { from: 'A.2', name: 'ttl', of: (job) => (job.expiresAt.getTime() - job.createdAt.getTime()) / 1000, is: 300 },
  {
    from: 'A.2',
    name: 'ttl of a bulk',
    bulk: true,
    of: (job) => (job.expiresAt.getTime() - job.createdAt.getTime()) / 1000,
    is: 600,
  },
  { from: 'A.9', name: 'webhook.name', of: (job) => job.request.webhook?.name, is: 'basic' },
  { from: 'A.9', name: 'webhook.timeout', of: (job) => job.request.webhook?.timeoutSeconds, is: 5 },
  { from: 'A.9', name: 'webhook.max_retries', of: (job) => job.request.webhook?.maxRetries, is: 3 },
  {
    from: 'A.9',
    name: 'webhook.retry_intervals',
    of: (job) => job.request.webhook?.retryIntervalsSeconds,
    is: [10, 30, 120],
  },
  { from: 'A.2', name: 'execution_timeout', of: (job) => job.request.executionTimeoutSeconds, is: 300 },
  { from: 'A.2', name: 'result_ttl', of: (job) => job.resultTtlSeconds, is: 300 },
  { from: 'A.2', name: 'queue_strategy of netmiko', of: (job) => job.strategy, is: 'pinned' },
  { from: 'A.2', name: 'save', of: (job) => job.request.switches['save'], is: false },
  { from: 'A.2', name: 'enable_mode of netmiko', of: (job) => job.request.switches['enable_mode'], is: false },
]

const each = (all: readonly FieldRow[]) =>
  all.flatMap((row) => [
    ...row.taken.map((value) => ({ ...row, value, verb: 'takes', shown: JSON.stringify(value).slice(0, 60) })),
    ...row.refused.map((value) => ({ ...row, value, verb: 'refuses', shown: JSON.stringify(value).slice(0, 60) })),
  ])

describe('requests of the reference', () => {
  let reference: ReferenceServer

  beforeAll(async () => {
    reference = await ReferenceServer.start({
      credentials: { providers: { vault: { plugin: 'env', options: {} } } },
    })
  })
  afterAll(() => reference.stop())

  /** The answer is a job, or the refusal of just this field. */
  async function check(body: object, path: string, verb: string): Promise<void> {
    const { status, json } = await reference.exec<ErrorBody>(body)
    if (verb === 'takes') return expect([status, json.errors], JSON.stringify(json)).toEqual([201, undefined])
    expect([status, json.code], JSON.stringify(json)).toEqual([422, 'INVALID_INPUT'])
    const paths = json.errors?.map((error) => error.path.slice(0, path.length))
    expect(paths, JSON.stringify(json)).toContain(path)
  }

  it.each(each(rows))('$from: $verb $shown as $field', async ({ field, value, verb }) => {
    await check({ [field]: value }, field, verb)
  })

  it.each(each(webhookRows))('$from: $verb $shown as webhook.$field', async ({ field, value, verb }) => {
    await check(
      { webhook: { url: reference.receiver.url, events: ['job.started'], [field]: value } },
      `webhook.${field}`,
      verb,
    )
  })

  it.each(each(credentialRows))('$from: $verb $shown as credential.$field', async ({ field, value, verb }) => {
    await check({ credential: { ref: 'ROUTERS', [field]: value } }, `credential.${field}`, verb)
  })

  it.each(unavailable)('$from: $field is known and refused until it can be done', async ({ field, value }) => {
    const { command, ...request } = reference.request()
    const work = field === 'command' || field === 'config' ? {} : { command }
    const { status, json } = await reference.ask<ErrorBody>('POST', '/device/exec', {
      ...request,
      ...work,
      [field]: value,
    })
    expect([status, json.code], JSON.stringify(json)).toEqual([422, 'NOT_AVAILABLE'])
    expect(json.errors?.map(({ path }) => path)).toEqual([field])
  })

  it.each(drivers)('A.2: the driver $alias is $here', async ({ alias, here }) => {
    const { status, json } = await reference.exec<ErrorBody & { readonly driver?: string }>({ driver: alias })
    if (here === undefined) expect([status, json.code]).toEqual([400, 'DRIVER_UNKNOWN'])
    else expect([status, json.driver]).toEqual([201, here])
  })

  it.each(defaults)('$from: the default of $name is $is', async ({ of, is, bulk }) => {
    const webhook = { url: reference.receiver.url }
    const { connection_args: device, ...shared } = reference.request({ webhook })
    const path = bulk === true ? '/device/bulk' : '/device/exec'
    const body = bulk === true ? { ...shared, devices: [device] } : { ...shared, connection_args: device }
    const { json } = await reference.ask<{ id?: string; succeeded?: readonly { id: string }[] }>('POST', path, body)
    expect(of(await reference.server.netpulse.get((json.id ?? json.succeeded![0]!.id) as Parameters<Get>[0]))).toEqual(
      is,
    )
  })

  const rules = [
    { name: 'no work at all', body: { command: null }, status: 422, code: 'INVALID_INPUT' },
    { name: 'command and config', body: { config: ['hostname x'] }, status: 422, code: 'INVALID_INPUT' },
    { name: 'no connection_args', body: { connection_args: null }, status: 422, code: 'INVALID_INPUT' },
    { name: 'no host', body: { connection_args: { device_type: 'cisco_ios' } }, status: 400, code: 'HOST_REQUIRED' },
    { name: 'a field that nobody knows', body: { vendor: 'cisco' }, status: 422, code: 'INVALID_INPUT' },
    {
      name: 'a misspelt driver argument',
      body: { driver_args: { read_timout: 5 } },
      status: 422,
      code: 'INVALID_INPUT',
    },
    {
      name: 'an unknown credential provider',
      body: { credential: { name: 'other', ref: 'x' } },
      status: 400,
      code: 'CREDENTIAL_PROVIDER_UNKNOWN',
    },
  ]
  it.each(rules)('A.2: answers $status $code to $name', async ({ body, status, code }) => {
    const answer = await reference.exec<ErrorBody>(body)
    expect([answer.status, answer.json.code], JSON.stringify(answer.json)).toEqual([status, code])
  })

  it('A.2: takes save and enable_mode with config', async () => {
    const { status, json } = await reference.exec({
      command: null,
      config: ['hostname r1'],
      save: true,
      enable_mode: true,
    })
    expect([status, json['kind']], JSON.stringify(json)).toEqual([201, 'modification'])
  })

  it('A.2: names the host that is missing in the words of the reference', async () => {
    const { json } = await reference.exec<ErrorBody>({ connection_args: {} })
    expect(json.detail).toContain("'host' in connection_args is required")
  })

  it('A.2: takes a bulk of no devices, and a device that has work of its own', async () => {
    const { connection_args: device, ...shared } = reference.request()
    const empty = await reference.ask('POST', '/device/bulk', { ...shared, connection_args: {}, devices: [] })
    expect([empty.status, empty.json]).toEqual([201, { succeeded: [], failed: [] }])
    const devices = [device, { ...(device as object), config: ['hostname r1'], command: null }]
    const { json } = await reference.ask<{ succeeded: readonly { command: string[]; kind: string }[] }>(
      'POST',
      '/device/bulk',
      { ...shared, devices },
    )
    expect(json.succeeded.map(({ command, kind }) => [command, kind])).toEqual([
      [['show clock'], 'query'],
      [['hostname r1'], 'modification'],
    ])
  })

  it('part 1, 16: checks every device of a bulk', async () => {
    const { connection_args: device, ...shared } = reference.request()
    const devices = [device, { ...(device as object), port: 0 }, { ...(device as object), nonsense: 1 }]
    const { json } = await reference.ask<{ succeeded: object[]; failed: readonly { index: number; code: string }[] }>(
      'POST',
      '/device/bulk',
      { ...shared, devices },
    )
    expect(json.succeeded).toHaveLength(1)
    expect(json.failed.map(({ index, code }) => [index, code])).toEqual([
      [1, 'INVALID_INPUT'],
      [2, 'INVALID_INPUT'],
    ])
  })
})
