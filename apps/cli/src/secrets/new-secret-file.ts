import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { cliError } from '../errors.js'
import { unreadable } from '../files.js'
import type { ProcessParts } from '../process-parts.js'

/**
 * Makes a secret and writes it into a new file that only its owner can read. The file is made first: a secret that is told
 * once must not get lost because it cannot be written. Without a secret it goes again.
 * @throws FILE_UNREADABLE, also for a file that is there; what `make` throws
 */
export async function intoNewSecretFile<Made>(
  { cwd }: Pick<ProcessParts, 'cwd'>,
  file: string,
  make: () => Promise<{ readonly secret: string; readonly made: Made }>,
): Promise<Made> {
  const path = resolve(cwd, file)
  const handle = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw unreadable(path, 'made', cause)
  })
  try {
    const { secret, made } = await make()
    await handle.writeFile(`${secret}\n`).catch((cause: unknown) => {
      const { code = 'unknown reason' } = cause as NodeJS.ErrnoException
      const message = `${path} cannot be written: ${code}. What was made is there, its secret is lost: have it rotated.`
      throw cliError('FILE_UNREADABLE', message, { cause })
    })
    return made
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}
