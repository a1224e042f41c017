import { isNetPulseError } from '@netpulse/core'
import { platformError } from '../errors.js'

/** One thing that is wrong with a definition. */
export interface DefinitionProblem {
  /** Where: `modes.exec.prompt`. */
  readonly path: string
  readonly message: string
}

/** Reads a definition's parts and keeps what is wrong with them, so that a person sees all of it at once. */
export class ProblemList {
  readonly #file: string
  readonly #problems: DefinitionProblem[] = []

  constructor(file: string) {
    this.#file = file
  }

  add(path: string, message: string): void {
    this.#problems.push({ path, message })
  }

  /** What `read` gives; `fallback` when the pattern in it is refused, which is kept as a problem of `path`. */
  pattern<T>(path: string, fallback: T, read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (!isNetPulseError(error, 'PATTERN_INVALID')) throw error
      this.add(path, error.message)
      return fallback
    }
  }

  /** @throws PLATFORM_INVALID when there is a problem */
  assertNone(): void {
    if (this.#problems.length > 0) throw invalidDefinition(this.#file, this.#problems)
  }
}

/** The error about a definition file: names the file, and each path with what is allowed there. */
export function invalidDefinition(file: string, problems: readonly DefinitionProblem[]): Error {
  const shown = problems.slice(0, 5).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const more = problems.length > shown.length ? ` (and ${problems.length - shown.length} more)` : ''
  return platformError('PLATFORM_INVALID', `platform file ${file} is invalid: ${shown.join('; ')}${more}`, {
    details: { file, errors: problems.map(({ path, message }) => ({ path, message })) },
  })
}
