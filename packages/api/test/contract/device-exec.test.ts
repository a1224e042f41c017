import { isFinal } from '@netpulse/core'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

describe('POST /device/exec', () => {
  it('answers 201 with every field of a job of the reference', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec', showClock)
    expect(answer.statusCode).toBe(201)
    const job = answer.json<Record<string, unknown>>()
    expect(job).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      status: 'queued',
      outcome: null,
      created_at: '2026-03-01T12:00:00.000Z',
      enqueued_at: '2026-03-01T12:00:00.000Z',
      started_at: null,
      ended_at: null,
      duration: null,
      queue_time: null,
      queue: 'HostQ_192.0.2.1',
      worker: null,
      node: null,
      result: null,
      task_id: null,
      device_name: '192.0.2.1',
      device: '192.0.2.1',
      driver: 'echo',
      kind: 'query',
      queue_strategy: 'pinned',
      command: ['show clock'],
      attempt: 0,
      tags: [],
      cancel_requested: false,
    })
  })

  it('hands every field to the engine under its own name, and the key as the owner', async () => {
    await using api = await startTestApi()
    const body = {
      driver: 'parrot',
      connection_args: { host: '192.0.2.1', port: 2222, username: 'u', password: null },
      config: ['interface lo1', 'shutdown'],
      driver_args: { read_timeout: 5 },
      queue_strategy: 'fifo',
      ttl: 10,
      execution_timeout: 20,
      result_ttl: 60,
      tags: ['a'],
      transcript: true,
      save: true,
      enable_mode: null,
    }
    expect((await api.post('/device/exec', body)).statusCode).toBe(201)
    expect(api.netpulse.submitted).toEqual([
      {
        driver: 'parrot',
        connectionArgs: { host: '192.0.2.1', port: 2222, username: 'u' },
        config: ['interface lo1', 'shutdown'],
        driverArgs: { read_timeout: 5 },
        switches: { save: true },
        queueStrategy: 'fifo',
        ttlSeconds: 10,
        executionTimeoutSeconds: 20,
        resultTtlSeconds: 60,
        tags: ['a'],
        transcript: true,
        owner: 'id-of-admin',
      },
    ])
  })

  it('takes the request of a reference client that fills in every default', async () => {
    await using api = await startTestApi()
    const empty = ['driver_args', 'credential', 'config', 'file_transfer', 'rendering', 'parsing', 'queue_strategy']
    const more = ['execution_timeout', 'result_ttl', 'webhook', 'push_interval', 'staged_file_id']
    const nulls = Object.fromEntries([...empty, ...more].map((field) => [field, null]))
    const answer = await api.post('/device/exec', {
      ...showClock,
      ...nulls,
      ttl: 300,
      audit_mode: 'full',
      detach: false,
    })
    expect(answer.statusCode).toBe(201)
    expect(api.netpulse.submitted[0]).toMatchObject({
      ttlSeconds: 300,
      executionTimeoutSeconds: 300,
      resultTtlSeconds: 300,
    })
  })

  it('takes null in driver_args as left out', async () => {
    await using api = await startTestApi()
    const driverArgs = { expect_string: null, read_timeout: 5 }
    expect((await api.post('/device/exec', { ...showClock, driver_args: driverArgs })).statusCode).toBe(201)
    expect(api.netpulse.submitted[0]?.driverArgs).toEqual({ read_timeout: 5 })
  })

  it('tells how many jobs are before one that waits, and null of one that does not', async () => {
    await using api = await startTestApi()
    const { id } = (await api.post('/device/exec', showClock)).json<{ id: string }>()
    const position = async () =>
      (await api.get(`/jobs/${id}`)).json<{ queue_position?: number | null }>().queue_position
    api.netpulse.change(id, { queuePosition: 3 })
    expect(await position()).toBe(3)
    api.netpulse.change(id, { status: 'started' })
    expect(await position()).toBeNull()
  })

  it('uses the defaults that the server was given', async () => {
    await using api = await startTestApi({
      defaults: { ttlSeconds: 7, executionTimeoutSeconds: 8, resultTtlSeconds: 90 },
    })
    await api.post('/device/exec', showClock)
    expect(api.netpulse.submitted[0]).toMatchObject({ ttlSeconds: 7, executionTimeoutSeconds: 8, resultTtlSeconds: 90 })
  })

  it('waits for the end of the job when asked to', async () => {
    await using api = await startTestApi()
    const answering = api.post('/device/exec?wait=30', showClock)
    await expect.poll(() => api.netpulse.waiting).toBe(1)
    const [id] = api.netpulse.jobs.keys()
    api.netpulse.change(id!, {
      status: 'finished',
      outcome: 'refused',
      startedAt: new Date('2026-03-01T12:00:01.500Z'),
      endedAt: new Date('2026-03-01T12:00:03.750Z'),
      worker: 'w1',
      node: 'n1',
      attempt: 1,
      result: {
        results: [
          {
            command: 'show clock',
            stdout: '% Invalid input',
            stderr: '',
            exitStatus: 1,
            failure: { kind: 'invalid_input', message: '% Invalid input' },
            metadata: { host: '192.0.2.1', durationSeconds: 0.0123456, sessionReused: true, bytesRead: 3 },
          },
        ],
      },
    })
    const answer = await answering
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({
      id,
      status: 'finished',
      outcome: 'refused',
      started_at: '2026-03-01T12:00:01.500Z',
      ended_at: '2026-03-01T12:00:03.750Z',
      duration: 2.25,
      queue_time: 1.5,
      worker: 'w1',
      node: 'n1',
      result: {
        type: 1,
        error: null,
        retval: [
          {
            command: 'show clock',
            stdout: '% Invalid input',
            stderr: '',
            exit_status: 1,
            failure: { kind: 'invalid_input', message: '% Invalid input' },
            download_url: null,
            metadata: { host: '192.0.2.1', duration_seconds: 0.012, session_reused: true, bytes_read: 3 },
            parsed: null,
          },
        ],
      },
    })
  })

  it('answers with the job as it stands when the wait is over', async () => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec?wait=0.01', showClock)
    expect(answer.statusCode).toBe(201)
    expect(isFinal(answer.json<{ status: 'queued' }>().status)).toBe(false)
  })

  it('redacts passwords in the config lines that it shows', async () => {
    await using api = await startTestApi()
    const { command: _, ...request } = showClock
    const answer = await api.post('/device/exec', { ...request, config: ['enable secret hunter22', 'hostname r1'] })
    expect(answer.json<{ command: string[] }>().command).toEqual(['enable secret [redacted]', 'hostname r1'])
    expect(api.netpulse.submitted[0]?.config).toEqual(['enable secret hunter22', 'hostname r1'])
  })

  const unavailable: readonly { name: string; change: Record<string, unknown>; field: string }[] = [
    { name: 'rendering', change: { rendering: { name: 'jinja2' } }, field: 'rendering' },
    { name: 'parsing', change: { parsing: { name: 'textfsm' } }, field: 'parsing' },
    { name: 'a command to be rendered', change: { command: { vlan: 1 } }, field: 'command' },
  ]
  it.each(unavailable)('refuses $name, which it does not have yet, and runs nothing', async ({ change, field }) => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec', { ...showClock, ...change })
    expect(answer.statusCode).toBe(422)
    const body = answer.json<{ code: string; errors: { path: string }[] }>()
    expect(body.code).toBe('NOT_AVAILABLE')
    expect(body.errors.map(({ path }) => path)).toEqual([field])
    expect(api.netpulse.submitted).toEqual([])
  })

  it('hands the Idempotency-Key on, of single requests and of bulks', async () => {
    await using api = await startTestApi()
    const headers = { 'idempotency-key': 'change-4711' }
    const { connection_args, ...work } = showClock
    await api.post('/device/exec', showClock, headers)
    await api.post('/device/bulk', { ...work, devices: [connection_args] }, headers)
    await api.post('/device/exec', showClock)
    const actor = { name: 'admin', source: '127.0.0.1' }
    expect(api.netpulse.submitOptions).toEqual([
      { idempotencyKey: 'change-4711', actor },
      { idempotencyKey: 'change-4711', actor },
      { actor },
    ])
  })

  it.each([
    { name: 'none', key: '' },
    { name: 'a long one', key: 'x'.repeat(256) },
    { name: 'one with a space', key: 'a b' },
  ])('refuses an Idempotency-Key that is no word: $name', async ({ key }) => {
    await using api = await startTestApi()
    const answer = await api.post('/device/exec', showClock, { 'idempotency-key': key })
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'INVALID_INPUT'])
    expect(api.netpulse.submitted).toEqual([])
  })
})
