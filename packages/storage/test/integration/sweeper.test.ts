import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { JobId, JobRecord } from '@netpulse/core'
import { asDeviceId, asJobId, silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JobStage } from '../../src/sweeper.js'
import { Storage } from '../../src/storage.js'

const [j1, j2] = [asJobId('job-1'), asJobId('job-2')]
const minutes = 60_000

let folder: string
let clock: FakeClock
let stages: Map<JobId, JobStage>
let storage: Storage

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'np-sweep-'))
  clock = new FakeClock()
  stages = new Map()
  storage = new Storage({
    folder,
    temporary: false,
    retentionSeconds: 3600,
    maxUploadBytes: 1000,
    linkTtlSeconds: 60,
    keys: { keys: [{ id: 'a', key: new Uint8Array(32) }], current: 'a' },
    stageOf: async (job) => stages.get(job) ?? 'unknown',
    clock,
    log: silentLogger,
  })
})

afterEach(async () => {
  await storage.close()
  await rm(folder, { recursive: true })
})

const stage = async (keep = false): Promise<string> =>
  (await storage.staged.stage(Readable.from([Buffer.from('x')]), { owner: 'k', name: 'f', keep })).id

const staged = (): Promise<readonly string[]> => storage.staged.ids()

async function brought(job: JobId, published = true): Promise<void> {
  await writeFile(join(await storage.fetchable.folderFor(job), 'f'), 'x')
  const device = { id: asDeviceId('r1'), host: 'r1', port: 22 }
  if (published)
    await storage.fetchable.publish({ id: job, owner: 'k', tags: [], request: { device } } as never as JobRecord)
}

const downloads = (): Promise<string[]> => readdir(join(folder, 'downloads'))

describe('old files', () => {
  it('that were uploaded and never used go after their time', async () => {
    const [once, kept] = [await stage(), await stage(true)]
    await clock.advance(59 * minutes)
    await storage.sweep()
    expect([...(await staged())].sort()).toEqual([once, kept].sort())
    await clock.advance(2 * minutes)
    await storage.sweep()
    expect(await staged()).toEqual([])
  })

  it('stay as long as a job waits for them, whatever their age', async () => {
    const id = await stage()
    await storage.staged.bind(id, j1)
    await storage.staged.bind(id, j2)
    stages.set(j1, 'active').set(j2, 'active')
    await clock.advance(100 * 60 * minutes)
    await storage.sweep()
    expect(await staged()).toEqual([id])
    stages.set(j1, 'ended')
    await storage.sweep()
    expect((await storage.staged.jobsOf(id)).map(({ job }) => job)).toEqual([j2])
    stages.set(j2, 'ended')
    await storage.sweep()
    expect(await staged()).toEqual([])
  })

  it('wait a while for a job that the store does not know yet', async () => {
    const id = await stage()
    await storage.staged.bind(id, j1)
    await storage.sweep()
    expect(await staged()).toEqual([id])
    await clock.advance(11 * minutes)
    await storage.sweep()
    expect(await staged()).toEqual([])
  })

  it('that are to be kept outlive their jobs, until their owner dismisses them', async () => {
    const id = await stage(true)
    await storage.staged.bind(id, j1)
    await storage.staged.release(id, j1)
    expect(await staged()).toEqual([id])
    await storage.staged.bind(id, j2)
    await storage.staged.dismiss(id)
    expect(await staged()).toEqual([id])
    await storage.staged.release(id, j2)
    expect(await staged()).toEqual([])
  })

  it('of an upload that broke off with its process go when no byte has come for a while', async () => {
    const at = (ageMs: number) => new Date(clock.now().getTime() - ageMs)
    for (const [id, ageMs] of [
      ['a', 1 * minutes],
      ['b', 11 * minutes],
    ] as const) {
      const path = join(folder, 'uploads', `sf_${id.repeat(32)}`)
      await mkdir(path, { recursive: true })
      await writeFile(join(path, 'content'), 'x')
      await utimes(join(path, 'content'), at(ageMs), at(ageMs))
    }
    await storage.sweep()
    expect(await staged()).toEqual([`sf_${'a'.repeat(32)}`])
  })

  it('that a job brought go after their time, those of a running one never', async () => {
    await brought(j1)
    await brought(j2, false)
    stages.set(j1, 'ended').set(j2, 'active')
    await storage.sweep()
    expect((await downloads()).sort()).toEqual(['dl_job-1', 'dl_job-1.json', 'dl_job-2'])
    await clock.advance(61 * minutes)
    await storage.sweep()
    expect(await downloads()).toEqual(['dl_job-2'])
    stages.set(j2, 'ended')
    await storage.sweep()
    expect(await downloads()).toEqual([])
  })

  it('are looked for again and again, and what an operator put there stays', async () => {
    await mkdir(join(folder, 'firmware'))
    const id = await stage()
    storage.start()
    await clock.advance(62 * minutes)
    await expect.poll(staged, { timeout: 10_000 }).toEqual([])
    expect(id).toMatch(/^sf_/)
    expect(await readdir(folder)).toContain('firmware')
  })

  it('go with a folder that was only for this process', async () => {
    const own = join(folder, 'own')
    const temporary = new Storage({
      folder: own,
      temporary: true,
      retentionSeconds: 1,
      maxUploadBytes: 10,
      linkTtlSeconds: 1,
      keys: { keys: [{ id: 'a', key: new Uint8Array(32) }], current: 'a' },
      stageOf: async () => 'unknown',
      clock,
      log: silentLogger,
    })
    await temporary.staged.stage(Readable.from([Buffer.from('x')]), { owner: 'k', name: 'f' })
    await temporary.close()
    expect(await readdir(folder)).toEqual([])
  })
})

describe('uploads', () => {
  it('of exactly the limit are taken, of one byte more not, and leave nothing', async () => {
    const of = (size: number) => storage.staged.stage(Readable.from([Buffer.alloc(size)]), { owner: 'k', name: 'f' })
    await of(1000)
    await expect(of(1001)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
    expect(await staged()).toHaveLength(1)
  })

  it('end with their signal and with their source, and leave nothing', async () => {
    const stop = new AbortController()
    const waiting = new Readable({ read: () => undefined })
    const upload = storage.staged.stage(waiting, { owner: 'k', name: 'f', signal: stop.signal })
    waiting.push('x')
    stop.abort(new Error('enough'))
    await expect(upload).rejects.toThrow('enough')
    const broken = new Readable({ read: () => broken.destroy(new Error('cut')) })
    await expect(storage.staged.stage(broken, { owner: 'k', name: 'f' })).rejects.toThrow('cut')
    expect(await staged()).toEqual([])
  })

  it('cannot be kept for a job once they are gone', async () => {
    const id = await stage()
    await storage.staged.remove(id)
    await expect(storage.staged.bind(id, j1)).rejects.toMatchObject({ code: 'STAGED_FILE_UNKNOWN' })
  })
})
