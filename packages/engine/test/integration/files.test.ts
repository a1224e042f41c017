import { createHash, randomBytes } from 'node:crypto'
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { JobId, JobRecord } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { folderDriverPackage, installFolderDriver } from '../../../../tools/test/folder-driver.mjs'
import { createNetPulse } from '../../src/create-netpulse.js'
import type { NetPulse, NetPulseOptions, SubmitRequest } from '../../src/netpulse.js'
import type { FileTransferRequest } from '../../src/submit/file-transfer-request.js'

const crashChild = fileURLToPath(new URL('../fixtures/crash-child.mjs', import.meta.url))
const owner = 'k1'
const image = randomBytes(300_000)

let folder: string
let device: string
let staging: string
let netpulse: NetPulse

const options = (more: Partial<NetPulseOptions> = {}): NetPulseOptions => ({
  store: 'memory:',
  appDir: folder,
  plugins: { [folderDriverPackage]: {} },
  storage: { staging },
  ...more,
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpulse-files-'))
  device = join(folder, 'device')
  staging = join(folder, 'staging')
  await mkdir(device)
  await writeFile(log(), '')
  await installFolderDriver(folder)
  netpulse = await createNetPulse(options())
})

afterEach(async () => {
  await netpulse.close()
  await rm(folder, { recursive: true })
})

const log = (): string => join(folder, 'device.log')
const noted = async (): Promise<string[]> => (await readFile(log(), 'utf8')).trim().split('\n')
const onDevice = (path: string): Promise<Buffer> => readFile(join(device, path))

const request = (fileTransfer: FileTransferRequest, connection: object = {}): SubmitRequest => ({
  driver: 'folder',
  connectionArgs: { host: 'box', root: device, log: log(), ...connection },
  fileTransfer,
  owner,
})

async function run(fileTransfer: FileTransferRequest, connection: object = {}): Promise<JobRecord> {
  const { id } = await netpulse.submit(request(fileTransfer, connection))
  return netpulse.wait(id)
}

async function stage(name = 'image.bin', content: Buffer = image, keep = false): Promise<string> {
  const file = await netpulse.storage!.staged.stage(Readable.from([content]), { owner, name, keep })
  return file.id
}

const uploads = (): Promise<string[]> => readdir(join(staging, 'uploads')).catch(() => [])

const metadataOf = ({ result }: JobRecord) => result!.results[0]!.metadata

describe('uploads', () => {
  it('brings an uploaded file to the device, says what went over, and forgets the file', async () => {
    const stagedFileId = await stage()
    const job = await run({ operation: 'upload', remotePath: '/tmp/', stagedFileId, chmod: '0750' })
    expect(job).toMatchObject({ status: 'finished', outcome: 'succeeded', kind: 'opaque' })
    expect(job.request.executionTimeoutSeconds).toBe(3600)
    expect(await onDevice('/tmp/image.bin')).toEqual(image)
    expect((await stat(join(device, 'tmp/image.bin'))).mode & 0o777).toBe(0o750)
    expect(metadataOf(job)).toMatchObject({
      transferredBytes: image.length,
      transferSuccess: true,
      md5Verified: true,
      hashVerified: true,
      localPath: 'image.bin',
      remotePath: '/tmp/image.bin',
    })
    await expect.poll(uploads, { timeout: 10_000 }).toEqual([])
  })

  it('sends one uploaded file to several devices, and keeps what is to be kept', async () => {
    const stagedFileId = await stage('image.bin', image, true)
    const outcomes = await netpulse.submitMany(
      ['a', 'b'].map((host) => ({
        ...request({ operation: 'upload', remotePath: `/${host}/`, stagedFileId }),
        connectionArgs: { host, root: device, log: log() },
      })),
    )
    for (const outcome of outcomes) await netpulse.wait(('job' in outcome && outcome.job.id) as JobId)
    expect([await onDevice('a/image.bin'), await onDevice('b/image.bin')]).toEqual([image, image])
    expect(await uploads()).toEqual([stagedFileId])
  })

  it('runs a command after the upload and removes the file, whatever the command says', async () => {
    const execute = { executeAfterUpload: true, executeCommand: 'sh -e /x/run.sh refused' } as const
    const job = await run({ operation: 'upload', remotePath: '/x/run.sh', stagedFileId: await stage(), ...execute })
    expect(job).toMatchObject({ status: 'finished', outcome: 'refused' })
    expect(job.result!.results.map(({ exitStatus }) => exitStatus)).toEqual([0, 3])
    expect((await noted()).slice(1)).toEqual(['run sh -e /x/run.sh refused', 'remove /x/run.sh'])
    await expect(onDevice('/x/run.sh')).rejects.toThrow('ENOENT')
  })

  it('says what the device refuses, and that nothing is there', async () => {
    await writeFile(join(device, 'there'), 'old')
    const job = await run({ operation: 'upload', remotePath: '/there', stagedFileId: await stage(), overwrite: false })
    expect(job).toMatchObject({ status: 'failed', outcome: 'failed', result: { error: { code: 'TRANSFER_REFUSED' } } })
    expect(job.result!.results[0]!.failure).toEqual({ kind: 'exists', message: 'File exists.' })
    expect((await onDevice('there')).toString()).toBe('old')
    await expect.poll(uploads, { timeout: 10_000 }).toEqual([])
  })

  it('finds a file that was damaged on its way', async () => {
    const job = await run({ operation: 'upload', remotePath: '/f', stagedFileId: await stage() }, { damage: true })
    expect(job).toMatchObject({ status: 'failed', outcome: 'partial' })
    expect(job.result!.results[0]!.failure?.kind).toBe('hash_mismatch')
  })

  it('sends nothing that is there already, when hashes are to be compared first', async () => {
    await mkdir(join(staging, 'firmware'), { recursive: true })
    await writeFile(join(staging, 'firmware/a.bin'), image)
    const transfer = { operation: 'upload', remotePath: '/a.bin', localPath: 'firmware/a.bin' } as const
    await run(transfer)
    const again = await run({ ...transfer, syncMode: 'hash', hashAlgorithm: 'sha256' })
    expect(metadataOf(again)).toMatchObject({
      transferredBytes: 0,
      skipped: true,
      hashVerified: true,
      md5Verified: false,
    })
  })

  it('sends a folder', async () => {
    await mkdir(join(staging, 'site/conf'), { recursive: true })
    await writeFile(join(staging, 'site/conf/x'), 'x')
    await writeFile(join(staging, 'site/y'), 'y')
    const job = await run({ operation: 'upload', remotePath: '/srv', localPath: 'site', recursive: true })
    expect(job.outcome).toBe('succeeded')
    expect([String(await onDevice('srv/conf/x')), String(await onDevice('srv/y'))]).toEqual(['x', 'y'])
  })

  it('ends with a cancel, and says that the file is there in part', async () => {
    const { id } = await netpulse.submit(
      request(
        { operation: 'upload', remotePath: '/f', stagedFileId: await stage(), chunkSize: 1024 },
        { stop_after: 4096 },
      ),
    )
    const { signal } = new AbortController()
    for await (const event of netpulse.events({ jobId: id, signal }))
      if (event.type === 'started') await stopped(join(device, 'f.part'), 4096).then(() => netpulse.cancel(id))
    expect(await netpulse.get(id)).toMatchObject({ status: 'canceled', outcome: 'partial' })
    expect(await netpulse.holds()).toEqual([])
    await expect.poll(uploads, { timeout: 10_000 }).toEqual([])
  })

  it('leaves no file of a job that is canceled before it runs', async () => {
    const first = await netpulse.submit(
      request({ operation: 'upload', remotePath: '/f', stagedFileId: await stage() }, { stop_after: 1 }),
    )
    const second = await netpulse.submit(
      request({ operation: 'upload', remotePath: '/g', stagedFileId: await stage() }),
    )
    expect(await uploads()).toHaveLength(2)
    expect(await netpulse.cancel(second.id)).toBe('canceled')
    expect(await uploads()).toHaveLength(1)
    await netpulse.cancel(first.id)
    await netpulse.wait(first.id)
    await expect.poll(uploads, { timeout: 10_000 }).toEqual([])
  })

  it('takes the same file again under the same key for the same job, and keeps no second copy', async () => {
    const transfer = { operation: 'upload', remotePath: '/f' } as const
    const submit = (stagedFileId: string) =>
      netpulse.submit(request({ ...transfer, stagedFileId }, { stop_after: 1 }), { idempotencyKey: 'one' })
    const first = await submit(await stage())
    expect((await submit(await stage())).id).toBe(first.id)
    expect(await uploads()).toHaveLength(1)
    const other = await stage('image.bin', Buffer.from('another'))
    await expect(submit(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
    expect(await uploads()).toHaveLength(1)
    await netpulse.cancel(first.id)
    await netpulse.wait(first.id)
    await expect.poll(uploads, { timeout: 10_000 }).toEqual([])
  })
})

describe('downloads', () => {
  beforeEach(() => writeFile(join(device, 'startup-config'), image))

  it('brings a file that can be fetched', async () => {
    const job = await run({ operation: 'download', remotePath: '/startup-config' })
    expect(job).toMatchObject({ status: 'finished', outcome: 'succeeded', kind: 'query' })
    const [result] = job.result!.results
    expect(result!.file).toEqual({ id: `dl_${job.id}/startup-config`, sizeBytes: image.length })
    const file = await netpulse.storage!.fetchable.get(result!.file!.id)
    expect(await readFile(file.path)).toEqual(image)
    expect(file.origin).toMatchObject({ owner, device: { host: 'box' } })
    expect(metadataOf(job)).toMatchObject({ transferredBytes: image.length, hashVerified: true })
  })

  it('brings a folder, each of whose files can be fetched', async () => {
    await mkdir(join(device, 'etc/conf.d'), { recursive: true })
    await writeFile(join(device, 'etc/b'), 'b')
    await writeFile(join(device, 'etc/conf.d/a'), 'a')
    const job = await run({ operation: 'download', remotePath: '/etc/', recursive: true })
    const ids = metadataOf(job)['fileIds'] as string[]
    expect(ids).toEqual(['b', 'conf.d/a'].map((path) => `dl_${job.id}/etc/${path}`))
    const files = await Promise.all(ids.map((id) => netpulse.storage!.fetchable.get(id)))
    expect(await Promise.all(files.map(({ path }) => readFile(path, 'utf8')))).toEqual(['b', 'a'])
    expect(job.result!.results[0]!.file).toBeUndefined()
  })

  it('keeps nothing of what the device does not have', async () => {
    const job = await run({ operation: 'download', remotePath: '/missing' })
    expect(job).toMatchObject({ status: 'finished', outcome: 'refused' })
    expect(job.result!.results[0]!.failure?.kind).toBe('not_found')
    expect(await readdir(join(staging, 'downloads'))).toEqual([])
  })

  it('puts a file below the staging folder, with its name, and replaces nothing that must stay', async () => {
    const transfer = { operation: 'download', remotePath: '/startup-config', localPath: 'backup/' } as const
    expect((await run(transfer)).outcome).toBe('succeeded')
    expect(await readFile(join(staging, 'backup/startup-config'))).toEqual(image)
    await writeFile(join(staging, 'backup/startup-config'), 'mine')
    expect((await run({ ...transfer, overwrite: false })).outcome).toBe('refused')
    expect(await readdir(join(staging, 'backup'))).toEqual(['startup-config'])
    expect((await run({ ...transfer, syncMode: 'hash' })).outcome).toBe('succeeded')
    expect(await readFile(join(staging, 'backup/startup-config'))).toEqual(image)
    expect(metadataOf(await run({ ...transfer, syncMode: 'hash' }))).toMatchObject({
      skipped: true,
      transferredBytes: 0,
    })
  })

  it('fetches a damaged file again, and never keeps it', async () => {
    const { id } = await netpulse.submit(
      request({ operation: 'download', remotePath: '/startup-config' }, { damage: true }),
    )
    const { signal } = new AbortController()
    for await (const event of netpulse.events({ jobId: id, signal })) if (event.type === 'retrying') break
    expect((await netpulse.find(id))!.status).toMatch(/queued|started/)
    await netpulse.cancel(id)
    expect((await netpulse.wait(id)).status).toBe('canceled')
  })
})

describe('paths and ids', () => {
  const refused: { name: string; transfer: Partial<FileTransferRequest>; code: string; path?: string }[] = [
    { name: 'a path that leads out', transfer: { localPath: '../outside' }, code: 'PATH_DENIED' },
    { name: 'a path that leads out late', transfer: { localPath: 'a/b/../../../etc/passwd' }, code: 'PATH_DENIED' },
    { name: 'an absolute path elsewhere', transfer: { localPath: '/etc/passwd' }, code: 'PATH_DENIED' },
    { name: 'the folder itself', transfer: { localPath: '.' }, code: 'PATH_DENIED' },
    { name: 'uploads of others', transfer: { localPath: 'uploads/sf_x/content' }, code: 'PATH_DENIED' },
    { name: 'files of other jobs', transfer: { localPath: 'downloads/dl_x/f' }, code: 'PATH_DENIED' },
    { name: 'the same in other letters', transfer: { localPath: 'a/../Uploads/x' }, code: 'PATH_DENIED' },
    { name: 'a backslash', transfer: { localPath: 'a\\..\\b' }, code: 'PATH_DENIED' },
    { name: 'an id of nobody', transfer: { stagedFileId: `sf_${'0'.repeat(32)}` }, code: 'STAGED_FILE_UNKNOWN' },
    { name: 'an id that is a path', transfer: { stagedFileId: '../uploads' }, code: 'STAGED_FILE_UNKNOWN' },
    { name: 'no file at all', transfer: {}, code: 'INVALID_INPUT', path: 'file_transfer.local_path' },
    { name: 'a recursive one of a file', transfer: { localPath: 'x', executeCommand: 'ls' }, code: 'INVALID_INPUT' },
    { name: 'a line break in a path', transfer: { localPath: 'x', remotePath: 'a\nb' }, code: 'INVALID_INPUT' },
    {
      name: 'a remote path that a shell would read',
      transfer: { localPath: 'x', remotePath: '/tmp/a;reboot', executeAfterUpload: true },
      code: 'INVALID_INPUT',
    },
    {
      name: 'a command that the policy denies',
      transfer: { localPath: 'x', executeAfterUpload: true, executeCommand: 'reload' },
      code: 'COMMAND_DENIED',
    },
  ]
  it.each(refused)('refuses $name', async ({ transfer, code }) => {
    const asked = request({ operation: 'upload', remotePath: '/f', ...transfer } as FileTransferRequest)
    await expect(netpulse.submit(asked)).rejects.toMatchObject({ code })
    expect(await noted()).toEqual([''])
  })

  it('refuses the uploaded file of another', async () => {
    const stagedFileId = await stage()
    const asked = { ...request({ operation: 'upload', remotePath: '/f', stagedFileId }), owner: 'k2' }
    await expect(netpulse.submit(asked)).rejects.toMatchObject({ code: 'STAGED_FILE_UNKNOWN' })
    expect(await uploads()).toEqual([stagedFileId])
  })

  it('follows no link out of the staging folder', async () => {
    await mkdir(staging, { recursive: true })
    await symlink('/etc', join(staging, 'link'))
    const job = await run({ operation: 'upload', remotePath: '/f', localPath: 'link/passwd' })
    expect(job).toMatchObject({ status: 'failed', outcome: 'failed', result: { error: { code: 'PATH_DENIED' } } })
    await writeFile(join(device, 'f'), 'x')
    const down = await run({ operation: 'download', remotePath: '/f', localPath: 'link/netpulse-test' })
    expect(down.result!.error).toMatchObject({ code: 'PATH_DENIED' })
  })
})

/** Resolves when the device has so many bytes of a file. */
async function stopped(path: string, size: number): Promise<void> {
  await expect
    .poll(
      () =>
        stat(path).then(
          (found) => found.size,
          () => 0,
        ),
      { interval: 10, timeout: 10_000 },
    )
    .toBe(size)
}

describe('a crash', () => {
  it('in the middle of an upload ends the job as unknown, sends nothing twice, and removes the file', async () => {
    await netpulse.close()
    const durable = options({ store: join(folder, 'store') })
    netpulse = await createNetPulse(durable)
    const stagedFileId = await stage()
    await netpulse.close()
    const asked = request({ operation: 'upload', remotePath: '/f', stagedFileId }, { stop_after: 65_536 })
    const id = await killedWhile(durable, asked)
    expect(
      createHash('md5')
        .update(await onDevice('f.part'))
        .digest('hex'),
    ).toBe(createHash('md5').update(image.subarray(0, 65_536)).digest('hex'))
    netpulse = await createNetPulse(durable)
    expect(await netpulse.wait(id)).toMatchObject({ status: 'failed', outcome: 'unknown', attempt: 1 })
    expect((await netpulse.holds()).map(({ device: held }) => held)).toEqual(['box'])
    await netpulse.storage!.sweep()
    await expect.poll(uploads, { timeout: 10_000 }).toEqual([])
    expect((await noted()).filter((line) => line.startsWith('upload'))).toHaveLength(1)
  })
})

/** Submits in another process, and kills it when its device stops in the middle. */
async function killedWhile(withOptions: NetPulseOptions, asked: SubmitRequest): Promise<JobId> {
  const child: ChildProcess = fork(crashChild, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const told = new Promise<JobId>((resolve) => {
    let ids: readonly JobId[] | undefined
    let stops = false
    child.on('message', (message: { ids?: readonly JobId[]; type?: string }) => {
      ids ??= message.ids
      stops ||= message.type === 'stopped'
      if (ids !== undefined && stops) resolve(ids[0]!)
    })
  })
  child.send({ options: withOptions, requests: [asked] })
  const id = await told
  child.kill('SIGKILL')
  await once(child, 'exit')
  return id
}
