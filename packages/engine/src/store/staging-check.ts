import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SharedRecords } from '@netpulse/queue-redis'
import { storageError } from '@netpulse/storage'

/** Holds the folder's name: two mounts of one share have the same. */
const markFile = '.netpulse-staging'

/** The name of the folder; whoever comes first gives it one. Writing it proves that this process may write there. */
async function markOf(folder: string): Promise<string> {
  const file = join(folder, markFile)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(file, `${randomUUID()}\n`, { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(folder, error)
  }
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    (error: unknown) => {
      throw unusable(folder, error)
    },
  )
}

const unusable = (folder: string, cause: unknown): Error =>
  storageError(
    'STORAGE_UNAVAILABLE',
    `The staging folder ${folder} cannot be used: ${String((cause as NodeJS.ErrnoException).code)}. Check storage.staging, and who may write there.`,
    { cause },
  )

/**
 * Whether the staging folder can be used, and, with records that all processes share, whether it is the one that the
 * others use. The first process says which folder that is, and any later one must see the same.
 * @throws STORAGE_UNAVAILABLE, STORAGE_NOT_SHARED
 */
export async function checkStaging(folder: string, records: SharedRecords | undefined): Promise<void> {
  const mark = await markOf(folder)
  if (records === undefined || (await records.add('staging', mark))) return
  const theirs = await records.get('staging')
  if (theirs === undefined || theirs === mark) return
  throw storageError(
    'STORAGE_NOT_SHARED',
    `The staging folder ${folder} is not the one that this deployment uses: mount the same folder for all servers and workers. If it was replaced on purpose, write "${theirs}" into its file ${markFile}.`,
  )
}
