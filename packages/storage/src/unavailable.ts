import { isNetPulseError } from '@netpulse/core'
import { storageError } from './errors.js'

const why: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EACCES: 'this process may not',
  EPERM: 'this process may not',
  EROFS: 'it is read-only',
  ENOTDIR: 'a file is in the way',
}

/** What the file system refuses, in words of ours; the path stays with the operator. All else as it is. */
export function explained(error: unknown): unknown {
  if (isNetPulseError(error)) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return error
  return storageError('STORAGE_UNAVAILABLE', `The staging folder cannot be used: ${why[code] ?? code}.`, {
    cause: error,
  })
}

/** Runs what uses the folder. @throws STORAGE_UNAVAILABLE for what the file system refuses */
export const usingFolder = async <Value>(use: () => Promise<Value>): Promise<Value> => {
  try {
    return await use()
  } catch (error) {
    throw explained(error)
  }
}
