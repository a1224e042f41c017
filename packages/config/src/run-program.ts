import { isNetPulseError } from '@netpulse/core'

/** What a process has that a program needs. */
export interface ProcessParts {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** Codes of mistakes that are the caller's, and in the words of the command line. */
const usageErrors = [
  ...['USAGE', 'CONFIG_UNREADABLE', 'CONFIG_INVALID', 'API_KEY_WEAK', 'KEYRING_INVALID', 'KEYRING_MISMATCH'],
  ...['INVALID_INPUT', 'REDIS_UNREACHABLE', 'REDIS_REFUSED', 'REDIS_TOO_OLD'],
]

/**
 * Runs a program and answers with its exit code: what `main` says, 1 when it failed, 2 when the command line or the
 * configuration is wrong. Failures that have a sentence are told in one line.
 */
export async function runProgram(name: string, main: () => Promise<number>, { stderr }: ProcessParts): Promise<number> {
  try {
    return await main()
  } catch (error) {
    if (!isNetPulseError(error)) throw error
    stderr.write(`${name}: ${error.message}\n`)
    if (error.code === 'USAGE') stderr.write(`${name} --help shows what there is.\n`)
    return usageErrors.includes(error.code) ? 2 : 1
  }
}
