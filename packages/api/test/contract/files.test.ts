import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FilesApi } from '../support/files-api.js'
import { startFilesApi } from '../support/files-api.js'

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

let at: FilesApi

beforeEach(async () => {
  at = await startFilesApi()
})

afterEach(() => at.stop())

const staged = (): Promise<string[]> => readdir(join(at.folder, 'uploads')).catch(() => [])

const sendForm = (url: string, body: Buffer, headers: Record<string, string> = {}) =>
  at.api.app.inject({
    method: 'POST',
    url,
    headers: {
      'x-api-key': 'key-of-operator',
      'content-type': `multipart/form-data; boundary=${boundary}`,
      ...headers,
    },
    payload: body,
  })

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
      const { fileTransfer, executionTimeoutSeconds } = at.api.netpulse.submitted.at(-1)!
      expect(executionTimeoutSeconds).toBeUndefined()
      expect(fileTransfer).toEqual({ operation: 'upload', remotePath: '/tmp/', stagedFileId: expect.any(String) })
      const file = await at.storage.staged.get(fileTransfer!.stagedFileId!, 'id-of-operator')
      expect(file).toMatchObject({ name: 'my image.bin', sizeBytes: 5, keep: false })
    }
  })

  it('needs no file', async () => {
    const body = { driver: 'echo', connection_args: connectionArgs, command: 'show clock' }
    const answer = await sendForm('/device/exec', form(['request', JSON.stringify(body)]))
    expect(answer.statusCode, answer.body).toBe(201)
    expect(at.api.netpulse.submitted).toMatchObject([{ command: 'show clock' }])
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
    expect(at.api.netpulse.submitted).toEqual([])
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
    await at.api.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = at.api.app.server.address() as AddressInfo
    const socket = connect({ host: '127.0.0.1', port })
    const body = form(['request', JSON.stringify(upload)], ['file', 'bytes', 'f']).subarray(0, -20)
    socket.write(
      `POST /device/exec HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-operator\r\ncontent-length: 100000\r\ncontent-type: multipart/form-data; boundary=${boundary}\r\n\r\n`,
    )
    socket.write(body)
    const answer = text(socket)
    await expect.poll(staged, { timeout: 10_000 }).toHaveLength(1)
    await at.clock.advance(61_000)
    await at.clock.advance(11_000)
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
    const answer = await at.api.post('/device/exec', { ...upload, file_transfer: transfer })
    expect(answer.statusCode, answer.body).toBe(201)
    expect(at.api.netpulse.submitted[0]!.fileTransfer).toEqual({
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
      (await at.api.keys.create({ name: 'k', role: 'viewer', scopes: ['job:read:own', ...scopes] })).key
    const may = async (key: string, transfer: object) => {
      const body = { ...upload, file_transfer: { remote_path: '/f', ...transfer } }
      return (await at.api.send('POST', '/device/exec', body, { 'x-api-key': key })).statusCode
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
    const answer = await at.api.post('/device/bulk', {
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
    expect(at.api.netpulse.submitted.map(({ fileTransfer, command }) => fileTransfer ?? command)).toEqual([
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
      at.api.send('DELETE', `/storage/files/${file.staged_file_id}`, undefined, { 'x-api-key': key })
    expect((await remove('key-of-admin')).statusCode).toBe(404)
    expect((await remove('key-of-operator')).json()).toEqual({ staged_file_id: file.staged_file_id })
    expect((await remove('key-of-operator')).statusCode).toBe(404)
    expect(await staged()).toEqual([])
    const details = { staged_file_id: file.staged_file_id, name: 'image.bin' }
    expect(at.api.netpulse.acts.slice(-2)).toMatchObject([
      { action: 'file.uploaded', details: { ...details, size: 5 } },
      { action: 'file.removed', details },
    ])
  })

  it('must be there', async () => {
    expect((await sendForm('/storage/files', form(['request', '{}']))).json()).toMatchObject({ code: 'INVALID_INPUT' })
    expect((await at.api.post('/storage/files', {})).json()).toMatchObject({ code: 'INVALID_INPUT' })
  })
})
