import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { cliError } from './errors.js'
import type { ProcessParts } from './process-parts.js'

/** The text of a file; `-` is what comes on stdin. @throws FILE_UNREADABLE */
export async function readText({ stdin, cwd }: ProcessParts, file: string): Promise<string> {
  if (file === '-') return text(stdin)
  const path = resolve(cwd, file)
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw cliError(
      'FILE_UNREADABLE',
      `${path} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}.`,
      { cause },
    )
  })
}
