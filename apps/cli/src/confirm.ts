import { createInterface } from 'node:readline/promises'
import { cliError } from './errors.js'
import type { ProcessParts } from './process-parts.js'

/**
 * Asks for a yes on the terminal. Where nobody is there to answer, as in a script, there is none to ask.
 * @throws COMMAND_LINE_INVALID for any other answer
 */
export async function confirm({ stdin, stderr, interrupted }: ProcessParts, question: string): Promise<void> {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return
  const terminal = createInterface({ input: stdin, output: stderr })
  const answer = await terminal.question(`${question} [y/N] `, { signal: interrupted }).finally(() => terminal.close())
  if (!/^y(es)?$/i.test(answer.trim())) throw cliError('COMMAND_LINE_INVALID', 'Nothing was sent.')
}
