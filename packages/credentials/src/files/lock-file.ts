import { open, rm } from 'node:fs/promises'
import { credentialError } from '../errors.js'

const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST'

/**
 * Takes the lock beside a file, among all processes; the answer gives it back.
 * @throws CREDENTIAL_FILE_BUSY; what the file system says to a folder that cannot be written
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`
  try {
    const handle = await open(lock, 'wx', 0o600)
    await handle.writeFile(String(process.pid))
    await handle.close()
  } catch (cause) {
    if (!isThere(cause)) throw cause
    const message = `The credential file is being changed by another process. If none runs, remove ${lock}.`
    throw credentialError('CREDENTIAL_FILE_BUSY', message, { cause })
  }
  return () => rm(lock, { force: true })
}
