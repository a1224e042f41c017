import { cliError } from '../errors.js'
import { readText } from '../files.js'
import type { ProcessParts } from '../process-parts.js'

/** The secret that a file holds, without the line end that editors put there. @throws SECRET_MISSING, FILE_UNREADABLE */
export async function secretIn(parts: ProcessParts, file: string): Promise<string> {
  const secret = (await readText(parts, file)).replace(/\r?\n$/, '')
  if (secret === '') throw cliError('SECRET_MISSING', `${file} is empty.`)
  return secret
}
