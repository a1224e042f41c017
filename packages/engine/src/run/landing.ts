import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { FileTransfer, JobRecord, StoredFile, TransferPlace } from '@netpulse/core'
import type { Storage } from '@netpulse/storage'

/** Where a download goes while it runs, and what becomes of it. */
export interface Landing {
  /** Absolute path that the driver writes to: beside the target, so that nobody sees half a file there. */
  readonly partPath: string
  /** The target below the staging folder, as a client writes it. */
  readonly shownPath: string
  /** Whether the target is there already. */
  readonly occupied: boolean
  /** It is complete: puts it in its place. Answers with what clients can fetch. */
  commit(): Promise<Landed>
  /** It will not be completed. What a later try may go on with stays. */
  discard(): Promise<void>
}

/** What clients can fetch of a download. */
export interface Landed {
  /** The file, where it is one. */
  readonly file?: StoredFile
  /** Ids of the files of a folder; of a large one the first. */
  readonly fileIds?: readonly string[]
}

/** Names of a folder's files that a result holds. */
const mostNames = 1_000

/** Paths of the files below a folder, with `/`, in order. */
async function namesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return paths
    .map((path) => relative(folder, path).split(sep).join('/'))
    .sort()
    .slice(0, mostNames)
}

const partOf = (target: string): string => join(dirname(target), `.${basename(target)}.netpulse-part`)

const sizeOf = async (path: string): Promise<number> => (await stat(path)).size

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Puts the part in place of what was there. */
async function replace(part: string, target: string, recursive: boolean): Promise<void> {
  if (recursive) await rm(target, { recursive: true, force: true })
  await rename(part, target)
}

/** @throws PATH_DENIED, STORAGE_UNAVAILABLE */
export function openLanding(storage: Storage, job: JobRecord, transfer: FileTransfer): Promise<Landing> {
  const { place } = transfer
  return place.type === 'path' ? landAtPath(storage, transfer, place) : landForClients(storage, job, transfer)
}

/** What the job brings lies in a folder of its own. */
async function landForClients(storage: Storage, job: JobRecord, { options, place }: FileTransfer): Promise<Landing> {
  const name = nameOf(place)
  const target = join(await storage.fetchable.folderFor(job.id), name)
  const partPath = partOf(target)
  const id = storage.fetchable.idOf(job.id, name)
  if (!options.resume) await rm(partPath, { recursive: true, force: true })
  return {
    partPath,
    shownPath: `downloads/${id}`,
    occupied: false,
    async commit() {
      await replace(partPath, target, options.recursive)
      await storage.fetchable.publish(job)
      if (!options.recursive) return { file: { id, sizeBytes: await sizeOf(target) } }
      return { fileIds: (await namesBelow(target)).map((path) => `${id}/${path}`) }
    },
    discard: () => storage.fetchable.remove(job.id),
  }
}

async function landAtPath(
  storage: Storage,
  { options }: FileTransfer,
  { path }: Extract<TransferPlace, { readonly type: 'path' }>,
): Promise<Landing> {
  const target = await storage.realPath(path)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const partPath = partOf(target)
  const occupied = await exists(target)
  if (!options.resume) await rm(partPath, { recursive: true, force: true })
  // What is there may be the same already: the driver compares with a copy, and the target stays whole.
  if (occupied && options.syncMode === 'hash' && !(await exists(partPath)))
    await cp(target, partPath, { recursive: true })
  return {
    partPath,
    shownPath: path,
    occupied,
    async commit() {
      await replace(partPath, target, options.recursive)
      return {}
    },
    discard: async () => (options.resume ? undefined : rm(partPath, { recursive: true, force: true })),
  }
}

const nameOf = (place: TransferPlace): string => (place.type === 'path' ? basename(place.path) : place.name)
