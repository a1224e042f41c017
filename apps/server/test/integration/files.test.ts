import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderDriverPackage, installFolderDriver } from '../../../../tools/test/folder-driver.mjs'
import type { ServerProcess } from '../../../../tools/test/server-process.mjs'
import { startServer } from '../../../../tools/test/server-process.mjs'

const mebibyte = 1024 * 1024
const boundary = 'np-boundary'

interface Job {
  readonly id: string
  readonly outcome: string
  readonly result: {
    readonly retval: readonly { readonly metadata: Record<string, unknown>; readonly download_url: string }[]
  }
}

let folder: string
let server: ServerProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'np-server-files-'))
  await mkdir(join(folder, 'device'))
  await installFolderDriver(folder)
  server = await startServer({
    env: {
      NETPULSE_APP_DIR: folder,
      NETPULSE_PLUGINS: JSON.stringify({ [folderDriverPackage]: {} }),
      NETPULSE_STORAGE__STAGING: join(folder, 'staging'),
      NETPULSE_STORAGE__MAX_UPLOAD: String(80 * mebibyte),
    },
  })
})

afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const body = (transfer: object) => ({
  driver: 'folder',
  connection_args: { host: 'box', root: join(folder, 'device'), log: join(folder, 'log') },
  file_transfer: transfer,
})

const head = (transfer: object): string =>
  [
    `--${boundary}`,
    'content-disposition: form-data; name="request"',
    '',
    JSON.stringify(body(transfer)),
    `--${boundary}`,
    'content-disposition: form-data; name="file"; filename="image.bin"',
    '',
    '',
  ].join('\r\n')

const tail = `\r\n--${boundary}--\r\n`

/** Begins an upload; its body is to come. */
function begin(query = ''): ClientRequest {
  return request(`${server.url}/device/exec${query}`, {
    method: 'POST',
    headers: { 'x-api-key': server.key, 'content-type': `multipart/form-data; boundary=${boundary}` },
  })
}

const block = Buffer.alloc(256 * 1024, 'netpulse')

async function* bytes(mebibytes: number): AsyncGenerator<Buffer> {
  for (let left = mebibytes * mebibyte; left > 0; left -= block.length) yield block
}

async function* wholeBody(transfer: object, mebibytes: number): AsyncGenerator<Buffer | string> {
  yield head(transfer)
  yield* bytes(mebibytes)
  yield tail
}

async function upload(
  transfer: object,
  mebibytes: number,
): Promise<{ status: number; answer: Job & { code?: string } }> {
  const sending = begin('?wait=60')
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>
  // A server that refuses takes no more of it.
  const sent = pipeline(Readable.from(wholeBody(transfer, mebibytes)), sending).catch(() => undefined)
  const [answer] = await answered
  const content = (await json(answer)) as Job
  sending.destroy()
  await sent
  return { status: answer.statusCode!, answer: content }
}

async function md5(chunks: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** Most memory that the process has had, and what it has now, in MiB. Linux. */
async function memory(): Promise<{ readonly peak: number; readonly now: number }> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
  const of = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]) / 1024
  return { peak: of('VmHWM'), now: of('VmRSS') }
}

const staged = (): Promise<string[]> => readdir(join(folder, 'staging/uploads')).catch(() => [])

describe('a server that takes files', { timeout: 90_000 }, () => {
  it('takes 64 MiB and hands them on to the device in constant memory', async () => {
    const transfer = { operation: 'upload', remote_path: '/big.bin', chunk_size: 262_144 }
    expect((await upload({ ...transfer, remote_path: '/small.bin' }, 1)).answer.outcome).toBe('succeeded')
    const before = await memory()
    const { status, answer } = await upload(transfer, 64)
    const after = await memory()
    expect(status, JSON.stringify(answer)).toBe(201)
    expect(answer.outcome, JSON.stringify(answer)).toBe('succeeded')
    expect(answer.result.retval[0]!.metadata).toMatchObject({ transferred_bytes: 64 * mebibyte, md5_verified: true })
    expect(await md5(createReadStream(join(folder, 'device/big.bin')))).toBe(await md5(bytes(64)))
    expect(after.peak - before.now).toBeLessThan(45)
    await expect.poll(staged, { timeout: 10_000 }).toEqual([])
  })

  it('gives it back, by a link, as fast as it is read', async () => {
    const job = await server.post<Job>(
      '/device/exec?wait=60',
      body({ operation: 'download', remote_path: '/big.bin', chunk_size: 262_144 }),
    )
    expect(job.outcome, JSON.stringify(job)).toBe('succeeded')
    const before = await memory()
    const answer = await fetch(job.result.retval[0]!.download_url)
    expect(answer.status).toBe(200)
    expect(await md5(Readable.fromWeb(answer.body as never))).toBe(await md5(bytes(64)))
    expect((await memory()).peak - before.now).toBeLessThan(45)
  })

  it('keeps nothing of an upload that its client breaks off', async () => {
    const sending = begin()
    sending.on('error', () => undefined)
    sending.write(head({ operation: 'upload', remote_path: '/never.bin' }))
    for (let part = 0; part < 8; part++) sending.write(block)
    await expect.poll(staged, { timeout: 10_000 }).toHaveLength(1)
    sending.destroy()
    await expect.poll(staged, { timeout: 20_000 }).toEqual([])
    await expect(stat(join(folder, 'device/never.bin'))).rejects.toThrow('ENOENT')
  })

  it('refuses a file that is too long while it comes, and keeps nothing', async () => {
    const { status, answer } = await upload({ operation: 'upload', remote_path: '/never.bin' }, 90)
    expect([status, answer.code]).toEqual([413, 'FILE_TOO_LARGE'])
    expect(await staged()).toEqual([])
  })

  it('refuses before the file has come what it can refuse by the request', async () => {
    const sending = begin()
    sending.on('error', () => undefined)
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>
    sending.write(head({ operation: 'upload', remote_path: '/never.bin', chmod: 'rwx' }))
    sending.write(block)
    const [answer] = await answered
    expect(await json(answer)).toMatchObject({ code: 'INVALID_INPUT', errors: [{ path: 'file_transfer.chmod' }] })
    sending.destroy()
    expect(await staged()).toEqual([])
  })

  it('keeps a file of one key from another', async () => {
    const form = new FormData()
    form.append('file', new Blob(['x']), 'x')
    const upload = (key: string) =>
      fetch(`${server.url}/storage/files`, { method: 'POST', headers: { 'x-api-key': key }, body: form })
    const file = (await (await upload(server.key)).json()) as { staged_file_id: string }
    const other = await server.post<{ key: string }>('/keys', { name: 'other', role: 'operator' })
    const send = async (key: string) => {
      const answer = await fetch(`${server.url}/device/exec?wait=30`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...body({ operation: 'upload', remote_path: '/x' }),
          staged_file_id: file.staged_file_id,
        }),
      })
      return (await answer.json()) as { code?: string; outcome?: string }
    }
    expect(await send(other.key)).toMatchObject({ code: 'STAGED_FILE_UNKNOWN' })
    expect(await send(server.key)).toMatchObject({ outcome: 'succeeded' })
  })
})
