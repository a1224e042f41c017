import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { cliError } from './errors.js'
import type { ProcessParts } from './process-parts.js'

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/** A file that the file system would not have `read`, `written` or `made`. */
export const unreadable = (path: string, what: 'read' | 'written' | 'made', cause: unknown): Error =>
  cliError('FILE_UNREADABLE', `${path} cannot be ${what}: ${codeOf(cause) ?? 'unknown reason'}.`, { cause })

export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The text of a file by its absolute path. @throws FILE_UNREADABLE */
export function readTextAt(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, 'read', cause)
  })
}

/** As `readTextAt`; `undefined`: there is no such file. @throws FILE_UNREADABLE */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readTextAt(path)
  } catch (error) {
    if (codeOf((error as Error).cause) === 'ENOENT') return undefined
    throw error
  }
}

/** The text of a file that the command line names; `-` is what comes on stdin. @throws FILE_UNREADABLE */
export const readText = ({ stdin, cwd }: ProcessParts, file: string): Promise<string> =>
  file === '-' ? text(stdin) : readTextAt(resolve(cwd, file))
