import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, fixedApiKey } from '@netpulse/api'
import { NetPulseClient, NotFoundError, ValidationError } from '@netpulse/client'
import type { FileTransfer } from '@netpulse/client'
import { createNetPulse } from '@netpulse/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderDriverPackage, installFolderDriver } from '../../../../tools/test/folder-driver.mjs'

const apiKey = 'a-key-for-tests-of-the-client'
const content = randomBytes(200_000)

let folder: string
let device: string
let client: NetPulseClient
let url: string
let stop: () => Promise<void>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'np-client-files-'))
  device = join(folder, 'device')
  await mkdir(device)
  await installFolderDriver(folder)
  const netpulse = await createNetPulse({ store: 'memory:', appDir: folder, plugins: { [folderDriverPackage]: {} } })
  const authenticate = fixedApiKey(apiKey, { id: 'test', name: 'test', role: 'admin' })
  const app = await createServer({ netpulse, authenticate, prefix: '/netpulse' })
  url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/netpulse`
  client = new NetPulseClient({ url, apiKey })
  stop = async () => {
    await app.close()
    await netpulse.close()
    await rm(folder, { recursive: true })
  }
})

afterAll(() => stop())

const request = (transfer: FileTransfer) => ({
  driver: 'folder',
  connection_args: { host: 'box', root: device, log: join(folder, 'log') },
  file_transfer: transfer,
})

const upload = (remote: string) => request({ operation: 'upload', remote_path: remote })

const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 1000))
      controller.enqueue(bytes.subarray(1000))
      controller.close()
    },
  })

async function bytesOf(body: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await new Response(body).arrayBuffer())
}

describe('a file', () => {
  it('goes along with a request, as a blob', async () => {
    const job = await client.device.run(upload('/blob/'), {
      file: { name: 'a b ü.bin', content: new Blob([content]) },
    })
    expect(job.outcome, JSON.stringify(job.result)).toBe('succeeded')
    expect(await readFile(join(device, 'blob/a b ü.bin'))).toEqual(content)
  })

  it('goes along as a stream, and tells how much has gone out', async () => {
    const told: number[] = []
    const file = { name: 'x"y', content: streamOf(content), onProgress: (bytes: number) => told.push(bytes) }
    const job = await client.device.run(upload('/stream'), { file })
    expect(job.outcome, JSON.stringify(job.result)).toBe('succeeded')
    expect(await readFile(join(device, 'stream'))).toEqual(content)
    expect(told).toEqual([1000, content.length])
  })

  it('is sent again when the answer was lost, for the same job', async () => {
    let lost = 0
    const flaky = new NetPulseClient({
      url,
      apiKey,
      random: () => 0,
      fetch: async (to, init) => {
        const answer = await fetch(to, init)
        if (init.method === 'POST' && lost++ === 0) throw new TypeError('fetch failed')
        return answer
      },
    })
    const tagged = { ...upload('/once'), tags: ['lost-answer'] }
    const { outcome } = await flaky.device.run(tagged, { file: { name: 'f', content: new Blob([content]) } })
    expect(outcome).toBe('succeeded')
    expect((await client.jobs.page({ tag: 'lost-answer' })).jobs).toHaveLength(1)
  })

  it('is uploaded once for several devices, and removed', async () => {
    const { staged_file_id: id, name, size } = await client.storage.upload({ name: 'f', content: new Blob([content]) })
    expect([name, size]).toEqual(['f', content.length])
    const { connection_args: shared, ...work } = upload('/bulk')
    const devices = ['a', 'b'].map((host) => ({ host, root: join(device, host) }))
    const bulk = await client.bulk.run({ ...work, connection_args: shared, staged_file_id: id, devices })
    expect(bulk.progress).toMatchObject({ total: 2, succeeded: 2 })
    await client.storage.remove(id)
    await expect(client.storage.remove(id)).rejects.toBeInstanceOf(NotFoundError)
    const gone = client.device.exec({ ...upload('/x'), staged_file_id: id })
    await expect(gone).rejects.toBeInstanceOf(ValidationError)
    await expect(gone).rejects.toMatchObject({ code: 'STAGED_FILE_UNKNOWN' })
  })

  it('comes from a device, by its URL or its id, and by the link alone', async () => {
    await writeFile(join(device, 'startup ü'), content)
    const job = await client.device.run(request({ operation: 'download', remote_path: '/startup ü' }))
    const link = job.result!.retval![0]!.download_url!
    expect(link.startsWith(`${url}/storage/fetch/dl_${job.id}/startup%20%C3%BC?`)).toBe(true)
    const ids = [link, link.replace(url, 'https://elsewhere.example'), `dl_${job.id}/startup ü`]
    for (const id of ids) {
      const file = await client.storage.fetch(id, { signal: AbortSignal.timeout(10_000) })
      expect([file.name, file.size]).toEqual(['startup ü', content.length])
      expect(await bytesOf(file.body)).toEqual(content)
    }
    const answer = await fetch(link)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(content)
    await expect(client.storage.fetch('dl_x/y')).rejects.toBeInstanceOf(NotFoundError)
  })
})
