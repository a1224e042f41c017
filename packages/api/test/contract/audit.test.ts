import type { AuditAct, AuditEntry } from '@netpulse/core'
import { asDeviceId, asJobId, asTaskId, auditBeginning, verifyAudit } from '@netpulse/core'
import type { TaskRecord } from '@netpulse/queue'
import { AuditSealer } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { showClock, startTestApi } from '../support/test-api.js'

type Api = Awaited<ReturnType<typeof startTestApi>>

const act: AuditAct = {
  action: 'job.accepted',
  actor: { id: 'k1', name: 'ops' },
  source: '192.0.2.7',
  device: 'r1',
  host: 'r1',
  job: 'j1',
  outcome: null,
  details: { request: { command: ['show "é" \ud800'], deep: { list: [1.5, null, {}] } } },
}

/** A record of so many entries, newest first. */
function record(count: number): readonly AuditEntry[] {
  const sealer = new AuditSealer({ number: 0, hash: auditBeginning })
  const at = new Date('2026-03-02T09:15:00.120Z')
  return Array.from({ length: count }, () => JSON.parse(sealer.seal({ at, act }).text) as AuditEntry).reverse()
}

const linesIn = (text: string): readonly string[] => text.trimEnd().split('\n')

describe('the audit record', () => {
  it('is listed, newest first, in pages, as its hashes were made', async () => {
    await using api = await startTestApi({ timeZone: 'Europe/Berlin' })
    api.netpulse.auditEntries = record(3)
    const first = await api.get('/audit?limit=2')
    expect(first.json()).toEqual(api.netpulse.auditEntries.slice(0, 2))
    const next = await api.get(`/audit?limit=2&cursor=${String(first.headers['x-next-cursor'])}`)
    expect(next.json()).toEqual(api.netpulse.auditEntries.slice(2))
    expect(next.headers).not.toHaveProperty('x-next-cursor')
  })

  it('hands filters on, and refuses words that are none', async () => {
    await using api = await startTestApi()
    const filter = 'actor=k1&device=r1&host=r1&action=job.ended&outcome=partial&job=j1'
    await api.get(`/audit?${filter}&since=2026-03-02T09:00:00Z&until=2026-03-02T10:00:00Z`)
    expect(api.netpulse.lastAuditFilter).toEqual({
      ...{ actor: 'k1', device: 'r1', host: 'r1', action: 'job.ended', outcome: 'partial', job: 'j1' },
      since: new Date('2026-03-02T09:00:00Z'),
      until: new Date('2026-03-02T10:00:00Z'),
    })
    for (const query of ['action=job.gone', 'who=me', 'since=yesterday'])
      expect((await api.get(`/audit?${query}`)).statusCode).toBe(422)
  })

  it('is exported as JSON lines that prove themselves, over many slices, and from a number on', async () => {
    await using api = await startTestApi()
    api.netpulse.auditEntries = record(2100)
    const { headers, body } = await api.get('/audit/export')
    expect(headers['content-type']).toBe('application/x-ndjson')
    const head = (await api.get('/audit/head')).json<{ number: number; hash: string }>()
    const report = await verifyAudit(linesIn(body), { head: head.hash })
    expect(report).toMatchObject({ intact: true, entries: 2100, first: 1, head })
    const rest = linesIn((await api.get('/audit/export?after=2098')).body)
    expect(rest).toEqual(linesIn(body).slice(2098))
    expect((await api.get('/audit/export?after=2100')).body).toBe('')
  })

  it('is cut off when old entries go while it is exported', async () => {
    await using api = await startTestApi()
    const all = record(3000)
    const audit = api.netpulse.audit!
    const lines = audit.lines.bind(audit)
    api.netpulse.auditEntries = all
    api.netpulse.audit = {
      ...audit,
      lines: async (after, limit) => {
        if (after > 0) api.netpulse.auditEntries = all.slice(0, 500)
        return lines(after, limit)
      },
    }
    await expect(api.get('/audit/export')).rejects.toThrow(/destroyed/)
  })

  it('begins at no number', async () => {
    await using api = await startTestApi()
    expect((await api.get('/audit/head')).json()).toEqual({ number: 0, hash: auditBeginning })
  })

  const paths = ['/audit', '/audit/export', '/audit/head']
  it.each(paths)('is for admins, and for keys with its scope: %s', async (path) => {
    await using api = await startTestApi()
    const statusFor = async (key: string) => (await api.send('GET', path, undefined, { 'x-api-key': key })).statusCode
    const reader = await api.keys.create({ name: 'siem', role: 'viewer', scopes: ['audit:read'] })
    const limited = await api.keys.create({ name: 'site', role: 'admin', devices: [{ site: 'lab' }] })
    const keys = ['key-of-viewer', 'key-of-operator', 'key-of-admin', reader.key, limited.key]
    expect(await Promise.all(keys.map(statusFor))).toEqual([403, 403, 200, 200, 403])
  })

  it.each(paths)('is refused where there is none: %s', async (path) => {
    await using api = await startTestApi()
    api.netpulse.audit = undefined
    expect((await api.get(path)).json()).toMatchObject({ code: 'NOT_AVAILABLE' })
    expect((await api.post('/keys', { name: 'x', role: 'viewer' })).statusCode).toBe(201)
  })
})

describe('audit_mode', () => {
  it.each(['full', 'metadata', 'none'])('%s is handed on', async (mode) => {
    await using api = await startTestApi()
    await api.post('/device/exec', { ...showClock, audit_mode: mode })
    expect(api.netpulse.submitted[0]).toMatchObject({ auditMode: mode })
  })
})

describe('acts that are recorded, with who did them', () => {
  const actor = { id: 'id-of-admin', name: 'admin' }
  const fingerprint = `SHA256:${'A'.repeat(43)}`
  const newJob = async (api: Api): Promise<string> =>
    (await api.post('/device/exec', showClock)).json<{ id: string }>().id

  const acts: readonly {
    readonly name: string
    readonly does: (api: Api) => Promise<unknown>
    readonly acts: readonly object[]
  }[] = [
    {
      name: 'the life of a key',
      does: async (api) => {
        const { id } = (await api.post('/keys', { name: 'ci', role: 'viewer' })).json<{ id: string }>()
        await api.post(`/keys/${id}/rotate`, { overlap_seconds: 60 })
        await api.delete(`/keys/${id}`)
      },
      acts: [
        { action: 'key.created', details: { name: 'ci', role: 'viewer', scopes: null, devices: null } },
        { action: 'key.rotated', details: { name: 'ci', overlap_seconds: 60 } },
        { action: 'key.revoked', details: { name: 'ci' } },
      ],
    },
    {
      name: 'a host key',
      does: async (api) => {
        for (const type of ['ssh-rsa', 'ssh-ed25519']) await api.send('PUT', '/host-keys/r1:22', { type, fingerprint })
        await api.delete('/host-keys/r1:22')
      },
      acts: [
        { action: 'host_key.pinned', host: 'r1', details: { address: 'r1:22', type: 'ssh-rsa', replaced: null } },
        { action: 'host_key.pinned', details: { type: 'ssh-ed25519', replaced: { type: 'ssh-rsa', fingerprint } } },
        { action: 'host_key.forgotten', host: 'r1', details: { address: 'r1:22' } },
      ],
    },
    {
      name: 'a released hold',
      does: async (api) => {
        api.netpulse.held.push({ device: asDeviceId('lab/r1:2222'), reason: 'x', since: new Date() })
        await api.delete(`/devices/${encodeURIComponent('lab/r1:2222')}/hold`)
      },
      acts: [{ action: 'hold.released', device: 'lab/r1:2222', host: 'r1' }],
    },
    {
      name: 'a pause of logins that was ended',
      does: async (api) => {
        const pause = { scope: 'device', device: asDeviceId('lab/r1:2222'), until: new Date() } as const
        api.netpulse.paused.push(
          { id: 'd'.repeat(22), ...pause },
          { id: 'c'.repeat(22), ...pause, scope: 'credential' },
        )
        for (const letter of ['d', 'c']) await api.delete(`/logins/pauses/${letter.repeat(22)}`)
      },
      acts: [
        { action: 'login_pause.ended', device: 'lab/r1:2222', host: 'r1', details: { scope: 'device' } },
        { action: 'login_pause.ended', details: { scope: 'credential' } },
      ],
    },
    {
      name: 'tasks that were ended, and forgotten',
      does: async (api) => {
        const device = { id: asDeviceId('r1'), host: 'r1', port: 22 }
        const task = { id: asTaskId('6f1d20c3e9a4'), owner: actor.id, device, tags: [] } as unknown as TaskRecord
        const { tasks } = api.netpulse
        Object.assign(tasks, { find: async () => task, kill: async () => task, forget: async () => true })
        Object.assign(tasks, { list: async () => ({ items: [task] }) })
        await api.delete(`/detached-tasks/${task.id}`)
        await api.delete('/detached-tasks')
      },
      acts: [
        { action: 'task.killed', device: 'r1', host: 'r1', details: { task_id: '6f1d20c3e9a4' } },
        { action: 'task.forgotten', details: { count: 1 } },
      ],
    },
    {
      name: 'workers that were ended',
      does: async (api) => {
        await api.delete('/workers/fifo-1')
        await api.delete('/workers?node=node-2')
      },
      acts: [
        { action: 'worker.ended', details: { name: 'fifo-1' } },
        { action: 'worker.ended', details: { names: ['node@node-2', 'fifo@node-2'] } },
      ],
    },
    {
      name: 'a replayed delivery',
      does: async (api) => {
        const dead = { id: 'j1_1', jobId: asJobId('j1'), event: 'job.failed', origin: 'https://h.example' } as const
        const delivery = { ...dead, state: 'dead', attempts: 1, at: new Date(), log: [] } as const
        api.netpulse.delivered.set('j1', [delivery])
        await api.post('/webhooks/dead/j1_1/replay', undefined)
      },
      acts: [{ action: 'delivery.replayed', job: 'j1', details: { id: 'j1_1' } }],
    },
    {
      name: 'connection tests, whatever they find',
      does: async (api) => {
        for (const password of ['right', 'wr0ng-s3cret'])
          await api.post('/device/test', { driver: 'echo', connection_args: { host: 'r1', password } })
      },
      acts: [
        { action: 'connection.tested', host: 'r1', outcome: 'succeeded', details: { driver: 'echo', code: null } },
        { action: 'connection.tested', host: 'r1', outcome: 'failed', details: { code: 'AUTH_FAILED' } },
      ],
    },
    {
      name: 'a credential test',
      does: (api) => api.post('/credentials/test', { credential: { name: 'vault', ref: 'kv/r1' } }),
      acts: [{ action: 'credential.tested', details: { name: 'vault', ref: 'kv/r1', code: null } }],
    },
    {
      name: 'cancels, of one job and of many',
      does: async (api) => {
        await api.delete(`/jobs/${await newJob(api)}`)
        await newJob(api)
        await api.delete('/jobs?host=192.0.2.1')
      },
      acts: [
        { action: 'job.cancel', device: '192.0.2.1', host: '192.0.2.1', details: { status: 'canceled' } },
        { action: 'job.cancel', host: '192.0.2.1', details: { count: 1 } },
      ],
    },
  ]
  it.each(acts)('$name', async ({ does, acts: expected }) => {
    await using api = await startTestApi()
    await does(api)
    expect(api.netpulse.acts).toMatchObject(
      expected.map((one) => ({ actor, source: '127.0.0.1', outcome: 'succeeded', ...one })),
    )
    expect(JSON.stringify(api.netpulse.acts)).not.toMatch(/s3cret|np_/)
  })

  it('are none where nothing was done', async () => {
    await using api = await startTestApi()
    for (const path of ['/keys/nobody', '/host-keys/r9:22', '/devices/r9/hold', '/workers/nobody', '/jobs/nobody'])
      expect((await api.delete(path)).statusCode).toBe(404)
    await api.delete('/jobs?host=r9')
    await api.delete('/workers?node=nobody')
    expect(api.netpulse.acts).toEqual([])
  })
})
