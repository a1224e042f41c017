import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Message } from '../../support/reference-server.js'
import { isOfType, ReferenceServer, typeOf } from '../../support/reference-server.js'

type Shape = Readonly<Record<string, string>>
type Value = Readonly<Record<string, unknown>>

/** Every field that the reference has, with its types; what is here beside it must have a type as well. */
const jobShape: Shape = {
  id: 'string',
  status: 'string',
  created_at: 'string',
  enqueued_at: 'string',
  started_at: 'string',
  ended_at: 'string',
  queue: 'string',
  worker: 'string',
  result: 'object',
  task_id: 'null',
  device_name: 'string',
  command: 'array',
  duration: 'number',
  queue_time: 'number',
}

const waitingJobShape: Shape = {
  ...jobShape,
  started_at: 'null',
  ended_at: 'null',
  worker: 'null',
  result: 'null',
  duration: 'null',
  queue_time: 'null',
  queue_position: 'integer',
}

const resultShape: Shape = { type: 'integer', retval: 'array', error: 'object|null' }

const executionResultShape: Shape = {
  command: 'string',
  stdout: 'any',
  stderr: 'string',
  exit_status: 'integer',
  download_url: 'null',
  metadata: 'object',
  parsed: 'null',
}

const metadataShape: Shape = { host: 'string', duration_seconds: 'number', session_reused: 'boolean' }

const workerShape: Shape = {
  name: 'string',
  status: 'string',
  pid: 'integer',
  hostname: 'string',
  queues: 'array',
  last_heartbeat: 'string',
  birth_at: 'string',
  successful_job_count: 'integer',
  failed_job_count: 'integer',
}

const connectionTestShape: Shape = {
  success: 'boolean',
  latency: 'number',
  error: 'string|null',
  result: 'object|null',
  timestamp: 'string',
}

const statsShape: Shape = {
  status: 'string',
  'workers.total': 'integer',
  'workers.pinned': 'integer',
  'workers.fifo': 'integer',
  'workers.node': 'integer',
  'workers.idle': 'integer',
  'workers.busy': 'integer',
  'jobs.succeeded': 'integer',
  'jobs.failed': 'integer',
  'jobs.in_progress': 'integer',
  'jobs.queued': 'integer',
  'jobs.total': 'integer',
  'nodes.active': 'integer',
  'nodes.total_capacity': 'integer',
  'self_healing.total_triggers': 'integer',
  uptime_seconds: 'number',
}

const webhookShape: Shape = {
  id: 'string',
  status: 'string',
  event_type: 'string',
  final: 'boolean',
  timestamp: 'string',
  started_at: 'string',
  ended_at: 'string',
  duration: 'number',
  'result.type': 'string',
  'result.retval': 'array',
  'result.error': 'object|null',
  'device.host': 'string',
  'device.device_type': 'string|null',
  task_id: 'null',
  device_name: 'string',
  command: 'array',
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((holder, part) => (holder as Value | null | undefined)?.[part], value)

/** Fields that are missing or of another type, in words. */
const misfits = (value: unknown, shape: Shape): readonly string[] =>
  Object.entries(shape)
    .filter(([path, types]) => !isOfType(at(value, path), types))
    .map(([path, types]) => `${path} is ${typeOf(at(value, path))}, not ${types}`)

describe('answers of the reference', () => {
  let reference: ReferenceServer
  let job: Value
  let refused: Value

  beforeAll(async () => {
    reference = await ReferenceServer.start()
    job = await reference.ended()
    refused = await reference.ended({ command: ['show nothing', 'show clock'] })
  })
  afterAll(() => reference.stop())

  const firstOf = (one: Value): Value => (at(one, 'result.retval') as readonly Value[])[0]!

  it('A.3: a job that has ended has every field of JobInResponse', () => {
    expect(misfits(job, jobShape)).toEqual([])
    expect(job).toMatchObject({ status: 'finished', outcome: 'succeeded', queue_position: null })
    expect(job['command']).toEqual(['show clock'])
  })

  it('A.3: a job that waits has them too, with its place in the queue', async () => {
    const running = await reference.exec({}, 'slow')
    const next = await reference.exec({}, 'slow')
    const named = { 'idempotency-key': 'the-last-one' }
    const last = await reference.ask('POST', '/device/exec', reference.request({}, 'slow'), named)
    const read = async (id: unknown) => (await reference.ask('GET', `/jobs/${String(id)}`)).json
    await expect.poll(async () => (await read(running.json['id']))['status']).toBe('started')
    expect((await read(running.json['id']))['queue_position']).toBeNull()
    const waiting = [await read(next.json['id']), await read(last.json['id'])]
    expect(waiting.flatMap((one) => misfits(one, waitingJobShape))).toEqual([])
    expect(waiting.map((one) => one['queue_position'])).toEqual([0, 1])
    const again = await reference.ask('POST', '/device/exec', reference.request({}, 'slow'), named)
    expect([again.json['id'], again.json['queue_position']]).toEqual([last.json['id'], 1])
    const canceled = await reference.ask('DELETE', `/jobs/${String(next.json['id'])}`)
    expect([canceled.status, canceled.json['id']]).toEqual([200, next.json['id']])
    expect((await read(last.json['id']))['queue_position']).toBe(0)
    for (const { json } of [last, running]) await reference.ask('DELETE', `/jobs/${String(json['id'])}`)
  })

  it('A.3: instants are ISO 8601 in UTC', () => {
    for (const name of ['created_at', 'enqueued_at', 'started_at', 'ended_at'])
      expect(job[name], name).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('A.3: JobResult and DriverExecutionResult', () => {
    expect(misfits(job['result'], resultShape)).toEqual([])
    expect(at(job, 'result.type')).toBe(1)
    const result = firstOf(job)
    expect(misfits(result, executionResultShape)).toEqual([])
    expect(result).toMatchObject({ command: 'show clock', stderr: '', exit_status: 0 })
    expect(misfits(result['metadata'], metadataShape)).toEqual([])
    expect(String(at(result, 'metadata.duration_seconds'))).toMatch(/^\d+(\.\d{1,3})?$/)
    expect(at(firstOf(refused), 'metadata.session_reused')).toBe(true)
  })

  it('part 1, 1: a refused command is told by its exit status, the job is finished', () => {
    expect(refused).toMatchObject({ status: 'finished', outcome: 'refused' })
    const retval = at(refused, 'result.retval') as readonly Value[]
    expect(retval.map((one) => [one['exit_status'], typeOf(one['failure'])])).toEqual([
      [1, 'object'],
      [0, 'null'],
    ])
  })

  it('part 1, 1: a wrong password makes the job failed, with the error', async () => {
    const wrong = { connection_args: { ...reference.connection(), password: 'wrong' }, queue_strategy: 'fifo' }
    const failed = await reference.ended(wrong)
    expect(failed).toMatchObject({ status: 'failed', result: { type: 2, error: { code: 'AUTH_FAILED' } } })
    expect(misfits(at(failed, 'result.error'), { type: 'string', message: 'string', code: 'string' })).toEqual([])
  })

  it('part 1, 1: a refused config line makes the job failed, and the rest is skipped', async () => {
    const failed = await reference.ended({ command: null, config: ['no such line', 'hostname other'], save: true })
    expect(failed).toMatchObject({ status: 'failed', result: { error: { code: 'CONFIG_REFUSED' } } })
    const retval = at(failed, 'result.retval') as readonly Value[]
    expect(retval.map((one) => at(one, 'failure.kind'))).toEqual([expect.any(String), 'skipped'])
    expect(reference.simulator.device('r1').runningConfig).not.toContain('hostname other')
  })

  it('part 1, 19: nothing is saved after a refused line, and all of it after a push in full', async () => {
    const { simulator } = reference
    await reference.ended({ command: null, config: ['hostname kept', 'no such line'], save: true })
    expect(simulator.device('r1').startupConfig).not.toContain('hostname kept')
    const pushed = await reference.ended({ command: null, config: ['hostname kept'], save: true })
    expect(pushed).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(simulator.device('r1').startupConfig).toContain('hostname kept')
    await reference.ended({ command: null, config: ['hostname r1'] })
  })

  it('part 1, 18: the first host key is trusted, another one is refused', async () => {
    const { host, port } = reference.simulator.device('r1')
    const overSsh = {
      connection_args: { ...reference.connection(), device_type: 'cisco_ios', port },
      queue_strategy: 'fifo',
    }
    expect(await reference.ended(overSsh)).toMatchObject({ status: 'finished' })
    const other = { type: 'ssh-ed25519', fingerprint: `SHA256:${'A'.repeat(43)}` }
    const path = `/host-keys/${encodeURIComponent(`${host}:${port}`)}`
    expect((await reference.ask('PUT', path, other)).status).toBe(200)
    expect(await reference.ended(overSsh)).toMatchObject({ result: { error: { code: 'HOST_KEY_CHANGED' } } })
  })

  it('part 1, 21: text of several lines is several commands', async () => {
    expect((await reference.ended({ command: 'show clock\nshow version' }))['command']).toEqual([
      'show clock',
      'show version',
    ])
  })

  it('A.3: WorkerInResponse, with the queues that clients know', async () => {
    const { json } = await reference.ask<readonly Value[]>('GET', '/workers')
    expect(json.flatMap((worker) => misfits(worker, workerShape))).toEqual([])
    const queues = json.flatMap((worker) => worker['queues'] as readonly string[])
    expect(queues).toContain('FifoQ')
    expect(queues).toContain('HostQ_127.0.0.1')
    expect(queues.some((queue) => queue.startsWith('NodeQ_'))).toBe(true)
  })

  it('A.4: jobs are in the queues that clients know', async () => {
    expect(job['queue']).toBe('HostQ_127.0.0.1')
    expect((await reference.exec({ queue_strategy: 'fifo' })).json['queue']).toBe('FifoQ')
  })

  it('A.3: BatchSubmitJobResponse, with a job and a host with its reason', async () => {
    const { connection_args: device, ...shared } = reference.request()
    const devices = [device, { ...(device as object), port: 0 }]
    const { json } = await reference.ask<{ succeeded: Value[]; failed: Value[] }>('POST', '/device/bulk', {
      ...shared,
      devices,
    })
    const { result: _result, ...accepted } = waitingJobShape
    expect(misfits(json.succeeded[0], accepted)).toEqual([])
    expect(misfits(json.failed[0], { host: 'string', reason: 'string' })).toEqual([])
  })

  it('A.3: ConnectionTestResponse of a device that answers, and of one that does not', async () => {
    const body = { driver: 'netmiko', connection_args: reference.connection() }
    const good = await reference.ask('POST', '/device/test', body)
    expect(misfits(good.json, connectionTestShape)).toEqual([])
    expect(good.json).toMatchObject({ success: true, error: null, result: { driver: 'netmiko', host: '127.0.0.1' } })
    expect(misfits(good.json['result'], { device_type: 'string', prompt: 'string' })).toEqual([])
    const bad = await reference.ask('POST', '/device/test', {
      ...body,
      connection_args: { ...body.connection_args, port: 1 },
    })
    expect(bad.status).toBe(200)
    expect(misfits(bad.json, connectionTestShape)).toEqual([])
    expect(bad.json).toMatchObject({ success: false, result: null })
  })

  it('A.14: the statistics', async () => {
    const { json } = await reference.ask('GET', '/system/stats')
    expect(misfits(json, statsShape)).toEqual([])
    expect(json).toMatchObject({ status: 'online', nodes: { active: 1 } })
    expect(at(json, 'jobs.succeeded')).toBeGreaterThanOrEqual(2)
  })

  const events = [
    { event: 'job.completed', work: {}, status: 'finished', type: 'successful', error: 'null' },
    {
      event: 'job.failed',
      work: { command: null, config: ['no such line'] },
      status: 'failed',
      type: 'failed',
      error: 'object',
    },
  ]
  it.each(events)('A.9: the payload of $event', async ({ event, work, status, type, error }) => {
    const one = await reference.exec({ ...work, webhook: { url: reference.receiver.url } })
    const { method, headers, body }: Message = await reference.receiver.next()
    expect(misfits(body, webhookShape)).toEqual([])
    expect(method).toBe('POST')
    expect(body).toMatchObject({ id: one.json['id'], event_type: event, status, final: true, result: { type } })
    expect(typeOf(at(body, 'result.error'))).toBe(error)
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(headers['webhook-id']).toEqual(expect.any(String))
  })

  it('A.9, part 1, 15: a start and a cancel are told when asked for', async () => {
    const webhook = { url: reference.receiver.url, events: ['job.started', 'job.canceled'] }
    const { json } = await reference.exec({ webhook }, 'slow')
    expect((await reference.receiver.next()).body).toMatchObject({ event_type: 'job.started', final: false })
    await reference.ask('DELETE', `/jobs/${String(json['id'])}`)
    expect((await reference.receiver.next()).body).toMatchObject({ event_type: 'job.canceled', status: 'canceled' })
  })

  it('A.9: method, headers, cookies and auth go to the receiver', async () => {
    const webhook = {
      url: reference.receiver.url,
      method: 'PUT',
      headers: { 'X-Token': 'abc' },
      cookies: { session: 'def' },
      auth: ['user', 'password'],
    }
    await reference.exec({ webhook })
    const { method, headers } = await reference.receiver.next()
    expect(method).toBe('PUT')
    expect(headers).toMatchObject({
      'x-token': 'abc',
      cookie: 'session=def',
      authorization: `Basic ${Buffer.from('user:password').toString('base64')}`,
    })
  })
})
