import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { silentLogger } from '@netpulse/core'
import type { JobId, JobRecord } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { Storage } from '@netpulse/storage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi } from '../support/test-api.js'

const boundary = 'np-boundary'
const connectionArgs = { host: '192.0.2.1' }
const upload = {
  driver: 'echo',
  connection_args: connectionArgs,
  file_transfer: { operation: 'upload', remote_path: '/tmp/' },
}

type Part = readonly [name: string, content: string | Buffer, fileName?: string]

/** A body of the parts, as browsers and `curl -F` send it. */
function form(...parts: readonly Part[]): Buffer {
  const chunks = parts.flatMap(([name, content, fileName]) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)])
}

let folder: string
let clock: FakeClock
let storage: Storage
let api: Awaited<ReturnType<typeof startTestApi>>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'np-api-files-'))
  clock = new FakeClock()
  storage = new Storage({
    folder,
    temporary: false,
    retentionSeconds: 3600,
    maxUploadBytes: 1000,
    linkTtlSeconds: 60,
    keys: { keys: [{ id: 'k1', key: new Uint8Array(32).fill(7) }], current: 'k1' },
    stageOf: async () => 'active',
    clock,
    log: silentLogger,
  })
  api = await startTestApi({ clock, storage, externalUrl: 'https://np.example/api' })
})

afterEach(async () => {
  await api[Symbol.asyncDispose]()
  await storage.close()
  await rm(folder, { recursive: true })
})

const staged = (): Promise<string[]> => readdir(join(folder, 'uploads')).catch(() => [])

const sendForm = (url: string, body: Buffer, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: {
      'x-api-key': 'key-of-operator',
      'content-type': `multipart/form-data; boundary=${boundary}`,
      ...headers,
    },
    payload: body,
  })

const get = (url: string, headers: Record<string, string> = {}) => api.app.inject({ method: 'GET', url, headers })
const asOperator = { 'x-api-key': 'key-of-operator' }

describe('a request with a file', () => {
  it('is one with staged_file_id, in either order of its parts', async () => {
    const json = JSON.stringify(upload)
    for (const parts of [
      [
        ['request', json],
        ['file', 'bytes', '../../etc/my image.bin'],
      ],
      [
        ['file', 'bytes', 'C:\\temp\\my image.bin'],
        ['request', json, 'blob'],
      ],
    ] as const) {
      const answer = await sendForm('/device/exec', form(...(parts as readonly Part[])))
      expect(answer.statusCode, answer.body).toBe(201)
      const { fileTransfer, executionTimeoutSeconds } = api.netpulse.submitted.at(-1)!
      expect(executionTimeoutSeconds).toBeUndefined()
      expect(fileTransfer).toEqual({ operation: 'upload', remotePath: '/tmp/', stagedFileId: expect.any(String) })
      const file = await storage.staged.get(fileTransfer!.stagedFileId!, 'id-of-operator')
      expect(file).toMatchObject({ name: 'my image.bin', sizeBytes: 5, keep: false })
    }
  })

  it('needs no file', async () => {
    const body = { driver: 'echo', connection_args: connectionArgs, command: 'show clock' }
    const answer = await sendForm('/device/exec', form(['request', JSON.stringify(body)]))
    expect(answer.statusCode, answer.body).toBe(201)
    expect(api.netpulse.submitted).toMatchObject([{ command: 'show clock' }])
  })

  const request = (body: object): Part => ['request', JSON.stringify(body)]
  const file: Part = ['file', 'bytes', 'f']
  const refusals: {
    name: string
    parts: readonly Part[]
    status: number
    code: string
    says?: string
    key?: string
  }[] = [
    {
      name: 'no request',
      parts: [file],
      status: 422,
      code: 'INVALID_INPUT',
      says: "Field 'request' is required in multipart mode",
    },
    {
      name: 'no JSON',
      parts: [['request', '{'], file],
      status: 422,
      code: 'INVALID_JSON',
      says: "Invalid 'request' JSON",
    },
    {
      name: 'a wrong field, first',
      parts: [request({ ...upload, ttl: 0 }), file],
      status: 422,
      code: 'INVALID_INPUT',
      says: 'ttl',
    },
    {
      name: 'a wrong field, last',
      parts: [file, request({ ...upload, ttl: 0 })],
      status: 422,
      code: 'INVALID_INPUT',
      says: 'ttl',
    },
    { name: 'no host', parts: [file, request({ ...upload, connection_args: {} })], status: 400, code: 'HOST_REQUIRED' },
    {
      name: 'no driver of that name',
      parts: [file, request({ ...upload, driver: 'x' })],
      status: 400,
      code: 'DRIVER_UNKNOWN',
    },
    {
      name: 'nothing to do with the file',
      parts: [file, request({ driver: 'echo', connection_args: connectionArgs, command: 'x' })],
      status: 422,
      code: 'INVALID_INPUT',
      says: 'file_transfer',
    },
    {
      name: 'two files',
      parts: [request(upload), file, ['file', 'more', 'g']],
      status: 422,
      code: 'INVALID_MULTIPART',
    },
    {
      name: 'a part of another name',
      parts: [request(upload), ['attachment', 'x', 'y']],
      status: 422,
      code: 'INVALID_MULTIPART',
    },
    {
      name: 'a file that is far too long',
      parts: [request(upload), ['file', Buffer.alloc(300_000), 'f']],
      status: 413,
      code: 'FILE_TOO_LARGE',
    },
    {
      name: 'a file that is too long',
      parts: [request(upload), ['file', Buffer.alloc(1001), 'f']],
      status: 413,
      code: 'FILE_TOO_LARGE',
    },
    {
      name: 'a file of an earlier upload, too',
      parts: [file, request({ ...upload, staged_file_id: 'sf_x' })],
      status: 422,
      code: 'INVALID_INPUT',
      says: 'staged_file_id',
    },
    {
      name: 'a key that may send no work',
      parts: [request(upload), file],
      status: 403,
      code: 'ROLE_TOO_LOW',
      key: 'key-of-viewer',
    },
  ]
  it.each(refusals)('with $name is refused, and leaves no file', async ({ parts, status, code, says = '', key }) => {
    const answer = await sendForm('/device/exec', form(...parts), key === undefined ? {} : { 'x-api-key': key })
    expect({ status: answer.statusCode, code: answer.json<{ code: string }>().code }, answer.body).toEqual({
      status,
      code,
    })
    expect(answer.json<{ detail: string }>().detail).toContain(says)
    expect(await staged()).toEqual([])
    expect(api.netpulse.submitted).toEqual([])
  })

  it('that breaks off, or has no end, is refused and leaves no file', async () => {
    const whole = form(['request', JSON.stringify(upload)], ['file', 'bytes', 'f'])
    for (const body of [whole.subarray(0, whole.length - 20), Buffer.from('no form at all')]) {
      const answer = await sendForm('/device/exec', body)
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'INVALID_MULTIPART'])
    }
    const noBoundary = await sendForm('/device/exec', whole, { 'content-type': 'multipart/form-data' })
    expect(noBoundary.json()).toMatchObject({ code: 'INVALID_MULTIPART' })
    expect(await staged()).toEqual([])
  })

  it('is for the paths that take files', async () => {
    const answer = await sendForm('/device/bulk', form(['request', '{}']))
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })

  it('is ended when its body stops coming, and leaves no file', async () => {
    await api.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = api.app.server.address() as AddressInfo
    const socket = connect({ host: '127.0.0.1', port })
    const body = form(['request', JSON.stringify(upload)], ['file', 'bytes', 'f']).subarray(0, -20)
    socket.write(
      `POST /device/exec HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-operator\r\ncontent-length: 100000\r\ncontent-type: multipart/form-data; boundary=${boundary}\r\n\r\n`,
    )
    socket.write(body)
    const answer = text(socket)
    await expect.poll(staged).toHaveLength(1)
    await clock.advance(61_000)
    await clock.advance(11_000)
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*UPLOAD_STALLED/s)
    expect(await staged()).toEqual([])
  })
})

describe('file_transfer', () => {
  it('hands every word on', async () => {
    const transfer = {
      operation: 'download',
      remote_path: '/etc/x',
      local_path: 'backup/',
      overwrite: false,
      resume: true,
      recursive: true,
      sync_mode: 'hash',
      hash_algorithm: 'sha256',
      verify_file: false,
      chunk_size: 1024,
    }
    const answer = await api.post('/device/exec', { ...upload, file_transfer: transfer })
    expect(answer.statusCode, answer.body).toBe(201)
    expect(api.netpulse.submitted[0]!.fileTransfer).toEqual({
      operation: 'download',
      remotePath: '/etc/x',
      localPath: 'backup/',
      overwrite: false,
      resume: true,
      recursive: true,
      syncMode: 'hash',
      hashAlgorithm: 'sha256',
      verifyFile: false,
      chunkSize: 1024,
    })
  })

  it('needs the right to it: files, commands, and paths of the server', async () => {
    const keyWith = async (...scopes: string[]) =>
      (await api.keys.create({ name: 'k', role: 'viewer', scopes: ['job:read:own', ...scopes] })).key
    const may = async (key: string, transfer: object) => {
      const body = { ...upload, file_transfer: { remote_path: '/f', ...transfer } }
      return (await api.send('POST', '/device/exec', body, { 'x-api-key': key })).statusCode
    }
    const [reads, writes, both] = [await keyWith('file:read'), await keyWith('file:write'), await keyWith('file:*')]
    expect(await may(reads, { operation: 'download' })).toBe(201)
    expect(await may(reads, { operation: 'upload', local_path: 'x' })).toBe(403)
    expect(await may(reads, { operation: 'download', local_path: 'x' })).toBe(403)
    expect(await may(both, { operation: 'download', local_path: 'x' })).toBe(201)
    expect(await may(writes, { operation: 'upload', local_path: 'x' })).toBe(201)
    expect(await may(writes, { operation: 'upload', local_path: 'x', execute_after_upload: true })).toBe(403)
  })

  it('is per device in a bulk, and the uploaded file is for those that send one', async () => {
    const transfer = { operation: 'upload', remote_path: '/a/' }
    const answer = await api.post('/device/bulk', {
      driver: 'echo',
      file_transfer: transfer,
      staged_file_id: 'sf_1',
      devices: [
        { host: '192.0.2.1' },
        { host: '192.0.2.2', file_transfer: { operation: 'download', remote_path: '/b' } },
        { host: '192.0.2.3', command: 'show clock' },
      ],
    })
    expect(answer.json<{ failed: unknown[] }>().failed, answer.body).toEqual([])
    expect(api.netpulse.submitted.map(({ fileTransfer, command }) => fileTransfer ?? command)).toEqual([
      { operation: 'upload', remotePath: '/a/', stagedFileId: 'sf_1' },
      { operation: 'download', remotePath: '/b' },
      'show clock',
    ])
  })
})

describe('files of clients', () => {
  it('are uploaded, named, and removed by who brought them alone', async () => {
    const answer = await sendForm('/storage/files', form(['file', 'bytes', 'image.bin']))
    expect(answer.statusCode, answer.body).toBe(201)
    const file = answer.json<{ staged_file_id: string }>()
    expect(file).toMatchObject({ name: 'image.bin', size: 5, expires_at: expect.any(String) })
    const remove = (key: string) =>
      api.send('DELETE', `/storage/files/${file.staged_file_id}`, undefined, { 'x-api-key': key })
    expect((await remove('key-of-admin')).statusCode).toBe(404)
    expect((await remove('key-of-operator')).json()).toEqual({ staged_file_id: file.staged_file_id })
    expect((await remove('key-of-operator')).statusCode).toBe(404)
    expect(await staged()).toEqual([])
  })

  it('must be there', async () => {
    expect((await sendForm('/storage/files', form(['request', '{}']))).json()).toMatchObject({ code: 'INVALID_INPUT' })
    expect((await api.post('/storage/files', {})).json()).toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('files of jobs', () => {
  const content = 'hostname r1\n'
  let job: JobRecord
  let id: string

  beforeEach(async () => {
    await api.send(
      'POST',
      '/device/exec',
      { ...upload, file_transfer: { operation: 'download', remote_path: '/c' } },
      asOperator,
    )
    const [accepted] = [...api.netpulse.jobs.values()]
    job = accepted!
    await writeFile(join(await storage.fetchable.folderFor(job.id), 'r1 ü.cfg'), content)
    await storage.fetchable.publish(job)
    id = storage.fetchable.idOf(job.id, 'r1 ü.cfg')
    const metadata = { host: 'r1', durationSeconds: 1, sessionReused: false }
    const result = {
      command: 'x',
      stdout: '',
      stderr: '',
      exitStatus: 0,
      failure: null,
      metadata,
      file: { id, sizeBytes: 12 },
    }
    api.netpulse.change(job.id, { status: 'finished', outcome: 'succeeded', result: { results: [result] } })
  })

  async function linkFor(key: string): Promise<string> {
    const answer = await api.send('GET', `/jobs/${job.id}`, undefined, { 'x-api-key': key })
    return answer.json<{ result: { retval: { download_url: string }[] } }>().result.retval[0]!.download_url
  }

  const localOf = (url: string): string => url.replace('https://np.example/api', '')

  it('open by the link of the result, without a key, to be saved and not shown', async () => {
    const url = await linkFor('key-of-operator')
    expect(url).toMatch(
      /^https:\/\/np\.example\/api\/storage\/fetch\/dl_[\w-]+\/r1%20%C3%BC\.cfg\?expires=\d+&signature=/,
    )
    const answer = await get(localOf(url))
    expect([answer.statusCode, answer.body]).toEqual([200, content])
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '12',
      'content-disposition': `attachment; filename="r1 _.cfg"; filename*=UTF-8''r1%20%C3%BC.cfg`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
  })

  it('give no link to a key that may not fetch files', async () => {
    expect(await linkFor('key-of-viewer')).not.toContain('signature')
  })

  it('open to a key that may fetch files and sees the job', async () => {
    const path = localOf(await linkFor('key-of-viewer'))
    expect((await get(path, asOperator)).body).toBe(content)
    expect((await get(path, { 'x-api-key': 'key-of-viewer' })).json()).toMatchObject({ code: 'ROLE_TOO_LOW' })
    expect((await get(path)).statusCode).toBe(403)
    const stranger = await api.keys.create({ name: 's', role: 'operator', devices: [{ host: 'other' }] })
    expect((await get(path, { 'x-api-key': stranger.key })).json()).toMatchObject({ code: 'STORED_FILE_UNKNOWN' })
  })

  it('open by no link that was changed, is of another file, or has run out', async () => {
    const url = new URL(await linkFor('key-of-operator'))
    const path = url.pathname.replace('/api', '')
    const expires = Number(url.searchParams.get('expires'))
    const signature = url.searchParams.get('signature')!
    await writeFile(join(await storage.fetchable.folderFor(job.id), 'other'), 'x')
    const link = (to: string, until: number, by: string) => `${to}?expires=${until}&signature=${encodeURIComponent(by)}`
    const wrong = [
      link(path, expires + 1, signature),
      link(path, expires, `${signature.slice(0, -1)}${signature.endsWith('A') ? 'B' : 'A'}`),
      link(path, expires, signature.replace('k1.', 'k2.')),
      link(path, expires, ''),
      link(path.replace(/[^/]+$/, 'other'), expires, signature),
    ]
    for (const one of wrong) expect((await get(one)).json(), one).toMatchObject({ code: 'LINK_INVALID' })
    await clock.advance(59_000)
    expect((await get(link(path, expires, signature))).statusCode).toBe(200)
    await clock.advance(2_000)
    const late = await get(link(path, expires, signature))
    expect([late.statusCode, late.json<{ code: string }>().code]).toEqual([403, 'LINK_EXPIRED'])
  })

  it.each([
    { range: 'bytes=0-3', status: 206, body: 'host', part: 'bytes 0-3/12' },
    { range: 'bytes=9-', status: 206, body: 'r1\n', part: 'bytes 9-11/12' },
    { range: 'bytes=-3', status: 206, body: 'r1\n', part: 'bytes 9-11/12' },
    { range: 'bytes=4-400', status: 206, body: 'name r1\n', part: 'bytes 4-11/12' },
    { range: 'bytes=0-1,3-4', status: 200, body: content, part: undefined },
    { range: 'lines=1-2', status: 200, body: content, part: undefined },
    { range: 'bytes=12-', status: 416, body: undefined, part: 'bytes */12' },
  ])('give $range', async ({ range, status, body, part }) => {
    const answer = await get(localOf(await linkFor('key-of-operator')), { range })
    expect([answer.statusCode, answer.headers['content-range']]).toEqual([status, part])
    if (body !== undefined) expect(answer.body).toBe(body)
  })

  it.each([
    { name: 'a way up', path: '../secret', status: 403 },
    { name: 'a way up, encoded', path: '..%2fsecret', status: 403 },
    { name: 'a way up within the job', path: 'JOB/../../secret', status: 403 },
    { name: 'a way up to the uploads', path: 'JOB%2f..%2f..%2fuploads%2fx', status: 403 },
    { name: 'a way up, encoded twice', path: '..%252fsecret', status: 404 },
    { name: 'a backslash', path: 'JOB%5c..%5c..%5csecret', status: 403 },
    { name: 'a NUL', path: 'JOB/r1%00', status: 403 },
    { name: 'an absolute path', path: '%2fetc%2fpasswd', status: 404 },
    { name: 'the folder of the job', path: 'JOB', status: 404 },
    { name: 'what is said of the job', path: 'JOB.json', status: 404 },
    { name: 'a name that is not there', path: 'JOB/nothing', status: 404 },
    { name: 'a link out of the folder', path: 'JOB/link', status: 403 },
    { name: 'nothing', path: '', status: 404 },
  ])('are not reached by $name', async ({ path, status }) => {
    await writeFile(join(folder, 'secret'), 'secret')
    await symlink(join(folder, 'secret'), join(await storage.fetchable.folderFor(job.id), 'link'))
    const answer = await rawGet(`/storage/fetch/${path.replace('JOB', `dl_${job.id}`)}`)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).not.toContain('\r\n\r\nsecret')
  })

  /** As it stands, which `inject` and `fetch` do not send. */
  async function rawGet(path: string): Promise<string> {
    if (!api.app.server.listening) await api.app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect({ host: '127.0.0.1', port: (api.app.server.address() as AddressInfo).port })
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-admin\r\nconnection: close\r\n\r\n`)
    return text(socket)
  }

  it('go with their time', async () => {
    await storage.sweep()
    expect((await get(localOf(await linkFor('key-of-operator')))).statusCode).toBe(200)
    await clock.advance(3_601_000)
    await storage.sweep()
    expect((await get(localOf(await linkFor('key-of-operator')))).json()).toMatchObject({ code: 'STORED_FILE_UNKNOWN' })
  })

  it('are told of in the jobs of lists', async () => {
    const answer = await api.get('/jobs')
    const [told] = answer.json<{ id: JobId; result: { retval: { download_url: string }[] } }[]>()
    expect(told!.result.retval[0]!.download_url).toContain('/storage/fetch/dl_')
  })
})
