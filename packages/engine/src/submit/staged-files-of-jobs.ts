import type { NewJob } from '@netpulse/core'
import type { SubmitOutcome } from '@netpulse/queue'
import type { Storage } from '@netpulse/storage'
import { stagedFileOf } from '../run/staged-file-of.js'

/**
 * Keeps uploaded files for jobs that are being stored, and gives back those of jobs that were not taken.
 * @throws STAGED_FILE_UNKNOWN when a file is gone; what `store` throws
 */
export async function withStagedFiles(
  storage: Storage | undefined,
  jobs: readonly NewJob[],
  store: () => Promise<readonly SubmitOutcome[]>,
): Promise<readonly SubmitOutcome[]> {
  const files = jobs.map(stagedFileOf)
  const staged = storage?.staged
  if (staged === undefined || files.every((file) => file === undefined)) return store()
  const release = async (isNeedless: (index: number) => boolean): Promise<void> => {
    for (const [index, file] of files.entries())
      if (file !== undefined && isNeedless(index)) await staged.release(file, jobs[index]!.id)
  }
  let outcomes: readonly SubmitOutcome[]
  try {
    for (const [index, file] of files.entries()) if (file !== undefined) await staged.bind(file, jobs[index]!.id)
    outcomes = await store()
  } catch (error) {
    await release(() => true)
    throw error
  }
  await release((index) => !isUsed(outcomes[index]!, files[index]))
  return outcomes
}

/** A repetition brings its file once more, and the first job has its own. */
const isUsed = (outcome: SubmitOutcome, file: string | undefined): boolean =>
  'job' in outcome && stagedFileOf(outcome.job) === file
