import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isFinal } from '@netpulse/core'
import type { Keyring } from '@netpulse/credentials'
import type { JobStore } from '@netpulse/queue'
import type { SharedRecords } from '@netpulse/queue-redis'
import { Storage } from '@netpulse/storage'
import type { Settings } from '../options.js'
import { checkStaging } from './staging-check.js'

/** What the staging folder of an engine is made of. */
export interface StorageParts {
  readonly keyring: Keyring
  readonly jobs: Pick<JobStore, 'find'>
  readonly records?: (collection: string) => SharedRecords
}

/** The folder, and whether it is this process's own; `undefined` when nobody said what all processes share. */
function folderOf({
  storage,
  store,
  redis,
}: Settings): { readonly folder: string; readonly temporary: boolean } | undefined {
  if (storage.staging !== undefined) return { folder: resolve(storage.staging), temporary: false }
  if (redis !== undefined) return undefined
  if (store !== 'memory:') return { folder: join(resolve(store), 'staging'), temporary: false }
  return { folder: join(tmpdir(), `netpulse-staging-${randomBytes(8).toString('hex')}`), temporary: true }
}

/** @throws STORAGE_UNAVAILABLE, STORAGE_NOT_SHARED, for a folder that the operator named */
export async function openStorage(settings: Settings, parts: StorageParts): Promise<Storage | undefined> {
  const place = folderOf(settings)
  if (place === undefined) return undefined
  const { storage, clock, logger: log } = settings
  if (storage.staging !== undefined) await checkStaging(place.folder, parts.records?.('deployment'))
  return new Storage({
    ...place,
    retentionSeconds: storage.retentionHours * 3_600,
    maxUploadBytes: storage.maxUpload,
    linkTtlSeconds: storage.linkTtlSeconds,
    keys: parts.keyring,
    stageOf: async (id) => {
      const job = await parts.jobs.find(id)
      return job === undefined ? 'unknown' : isFinal(job.status) ? 'ended' : 'active'
    },
    clock,
    log,
  })
}
