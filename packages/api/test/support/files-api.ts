import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { Storage } from '@netpulse/storage'
import { startTestApi } from './test-api.js'

/** The API with a staging folder: uploads of 1000 bytes, links of a minute, files of an hour. */
export async function startFilesApi() {
  const folder = await mkdtemp(join(tmpdir(), 'np-api-files-'))
  const clock = new FakeClock()
  const storage = new Storage({
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
  const api = await startTestApi({ clock, storage, externalUrl: 'https://np.example/api' })
  return {
    folder,
    clock,
    storage,
    api,
    async stop() {
      await api[Symbol.asyncDispose]()
      await storage.close()
      await rm(folder, { recursive: true })
    },
  }
}

export type FilesApi = Awaited<ReturnType<typeof startFilesApi>>
