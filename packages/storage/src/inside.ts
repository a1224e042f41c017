import { realpath } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { storageError } from './errors.js'

/** Folders below the staging folder that belong to NetPulse: what is in them has owners. */
export const ownFolders = { uploads: 'uploads', downloads: 'downloads' } as const

const isOwn = (part: string | undefined): boolean =>
  (Object.values(ownFolders) as string[]).includes(part?.toLowerCase() ?? '')

const denied = (message: string): Error => storageError('PATH_DENIED', message)

/**
 * A client's path as one below the staging folder, with `/` between its parts. Absolute paths are taken when they lie
 * below it. Looks at the text alone: `realInside` looks at the disk.
 * @throws PATH_DENIED
 */
export function pathInside(root: string, path: string): string {
  if (path.includes('\0')) throw denied('The path holds a NUL character.')
  const inside = relative(root, resolve(root, path))
  const parts = inside.split(sep)
  if (inside === '' || parts[0] === '..' || parts.some((part) => part.includes('\\')))
    throw denied('The path must lead to something below the staging folder.')
  if (isOwn(parts[0])) throw denied('This part of the staging folder is not for paths: name a file by its id.')
  return parts.join('/')
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** The path behind all symbolic links; of one that is not there yet, that of the nearest folder that is, and the rest. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error
    return join(await realPath(dirname(path)), path.slice(dirname(path).length))
  }
}

/**
 * The absolute path of something below a folder, with every symbolic link followed.
 * @throws PATH_DENIED when a link leads out of the folder
 */
export async function realInside(root: string, path: string): Promise<string> {
  const [realRoot, real] = await Promise.all([realPath(root), realPath(join(root, path))])
  if (!real.startsWith(realRoot + sep)) throw denied('A link on the path leads out of the staging folder.')
  return real
}
