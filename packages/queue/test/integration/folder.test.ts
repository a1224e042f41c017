import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { asNodeId, newIncarnation } from '@netpulse/core'
import Libsql from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInProcessBackend } from '../../src/index.js'
import { sampleJob } from '../../src/testing/index.js'

let folder: string
let store: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpulse-store-'))
  store = join(folder, 'made', 'when', 'missing')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('store folder', () => {
  it('is made when it is missing, readable by its owner alone', async () => {
    const backend = createInProcessBackend({ store })
    await backend.start()
    await backend.stop()
    expect((await stat(store)).mode & 0o777).toBe(0o700)
  })

  it('serves one backend at a time and names the process that has it', async () => {
    const holder = createInProcessBackend({ store })
    await holder.start()
    const second = createInProcessBackend({ store })
    await expect(second.start()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    await holder.stop()
    await second.start()
    await second.stop()
  })

  it('gets what it lacks when an earlier version made it, and keeps its jobs', async () => {
    const before = createInProcessBackend({ store })
    await before.start()
    const info = { node: asNodeId('n'), incarnation: newIncarnation(), hostname: 'h', pid: 1, capacity: 9 }
    await before.nodes.register({ ...info, startedAt: new Date() }, () => [])
    const job = sampleJob()
    await before.jobs.submit([{ job, nodes: [info.node] }])
    await before.stop()
    const db = new Libsql(join(store, 'jobs.db'))
    db.exec(
      'DROP TABLE delivery; DROP TABLE audit; DROP TABLE task; ALTER TABLE job DROP COLUMN errand; PRAGMA user_version=1',
    )
    db.close()
    const after = createInProcessBackend({ store })
    await after.start()
    expect((await after.jobs.find(job.id))?.status).toBe('queued')
    expect(await after.outbox.dead({ limit: 1 })).toEqual({ items: [] })
    expect((await after.audit.head()).number).toBe(0)
    expect(await after.tasks.list({}, { limit: 1 })).toEqual({ items: [] })
    expect((await after.jobs.list({}, { limit: 1 })).items).toHaveLength(1)
    await after.stop()
  })

  it('names another process, and is free once that was killed', async () => {
    const script = `
      import { createInProcessBackend } from '@netpulse/queue'
      const backend = createInProcessBackend({ store: process.argv[1] })
      await backend.start()
      console.log('open')
      setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, store], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(createInterface({ input: child.stdout }), 'line')
    const backend = createInProcessBackend({ store })
    await expect(backend.start()).rejects.toMatchObject({ message: expect.stringContaining(`process ${child.pid}`) })
    child.kill('SIGKILL')
    await once(child, 'exit')
    await backend.start()
    await backend.stop()
  })

  it('refuses a store of a later version, and leaves it as it was', async () => {
    const backend = createInProcessBackend({ store })
    await backend.start()
    await backend.stop()
    const db = new Libsql(join(store, 'jobs.db'))
    db.exec('PRAGMA user_version=99')
    const later = createInProcessBackend({ store })
    await expect(later.start()).rejects.toMatchObject({ code: 'STORE_TOO_NEW' })
    expect(db.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 99 })
    db.close()
  })

  it('says what is wrong with a file that is no store', async () => {
    const made = createInProcessBackend({ store })
    await made.start()
    await made.stop()
    for (const name of ['jobs.db', 'jobs.db-wal', 'jobs.db-shm']) await rm(join(store, name), { force: true })
    await writeFile(join(store, 'jobs.db'), 'this is not a database, and long enough to be taken for one'.repeat(40))
    const backend = createInProcessBackend({ store })
    await expect(backend.start()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    // The lock was given back.
    await expect(backend.start()).rejects.toMatchObject({ message: expect.not.stringContaining('in use') })
  })

  it('says that a folder cannot be made', async () => {
    await writeFile(join(folder, 'made'), 'a file where a folder should be')
    await chmod(join(folder, 'made'), 0o600)
    const backend = createInProcessBackend({ store })
    await expect(backend.start()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
