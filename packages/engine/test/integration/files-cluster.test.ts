import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { folderDriverPackage, installFolderDriver } from '../../../../tools/test/folder-driver.mjs'
import type { RedisServer } from '../../../../tools/test/redis-server.mjs'
import { redisSource, startRedis } from '../../../../tools/test/redis-server.mjs'
import { createNetPulse } from '../../src/create-netpulse.js'
import type { NetPulse, NetPulseOptions, SubmitRequest } from '../../src/netpulse.js'

const source = redisSource()
const title = source.kind === 'program' ? 'files on Redis' : 'files on Redis (skipped: needs a redis-server of its own)'

describe.skipIf(source.kind !== 'program')(title, () => {
  let redis: RedisServer
  let folder: string
  const open: NetPulse[] = []

  beforeAll(async () => {
    redis = await startRedis()
    folder = await mkdtemp(join(tmpdir(), 'np-files-cluster-'))
    await mkdir(join(folder, 'device'))
    await installFolderDriver(folder)
  })

  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
  })

  afterAll(async () => {
    await redis.stop()
    await rm(folder, { recursive: true })
  })

  async function start(name: string, options: NetPulseOptions = {}): Promise<NetPulse> {
    const one = await createNetPulse({
      store: join(folder, name),
      keyringFile: join(folder, 'keyring.json'),
      redis: { url: redis.url },
      appDir: folder,
      plugins: { [folderDriverPackage]: {} },
      storage: { staging: join(folder, 'staging') },
      ...options,
    })
    open.push(one)
    return one
  }

  const request = (fileTransfer: SubmitRequest['fileTransfer']): SubmitRequest => ({
    driver: 'folder',
    connectionArgs: { host: 'box', root: join(folder, 'device'), log: join(folder, 'log') },
    ...(fileTransfer === undefined ? {} : { fileTransfer }),
    owner: 'k1',
  })

  it('go through a folder that all share, and links of one server are good at another', async () => {
    const controller = await start('controller', { work: 'none' })
    const other = await start('other', { work: 'none' })
    await start('worker')
    const content = Buffer.from('firmware')
    const staged = await controller.storage!.staged.stage(Readable.from([content]), { owner: 'k1', name: 'f' })
    const up = await other.submit(request({ operation: 'upload', remotePath: '/f', stagedFileId: staged.id }))
    expect(await controller.wait(up.id)).toMatchObject({ outcome: 'succeeded', kind: 'opaque' })
    await expect.poll(() => controller.storage!.staged.find(staged.id), { timeout: 10_000 }).toBeUndefined()
    const { id } = await controller.submit(request({ operation: 'download', remotePath: '/f' }))
    const [result] = (await other.wait(id)).result!.results
    const file = await other.storage!.fetchable.get(result!.file!.id)
    expect(await readFile(file.path)).toEqual(content)
    other.storage!.assertLink(file.id, controller.storage!.linkTo(file.id, new Date()))
  })

  it('are refused where nobody said which folder is shared', async () => {
    const alone = await start('alone', { work: 'none', storage: {} })
    expect(alone.storage).toBeUndefined()
    const submitted = alone.submit(request({ operation: 'download', remotePath: '/f' }))
    await expect(submitted).rejects.toMatchObject({ code: 'STORAGE_NOT_SHARED' })
  })

  it('need one folder: a process with another does not start', async () => {
    await start('first', { work: 'none' })
    const second = start('second', { work: 'none', storage: { staging: join(folder, 'elsewhere') } })
    await expect(second).rejects.toMatchObject({ code: 'STORAGE_NOT_SHARED' })
    const unusable = start('third', { work: 'none', storage: { staging: '/dev/null/x' } })
    await expect(unusable).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })
})
