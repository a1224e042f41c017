import { cliError } from '../errors.js'
import type { ProcessParts } from '../process-parts.js'

const enter = /[\r\n\u0004]/
const ctrlC = '\u0003'
const backspaces = ['\u007f', '\b']

/**
 * Asks a person for a secret on the terminal and shows nothing of what is typed.
 * @throws SECRET_MISSING when nobody is there, or nothing was typed
 */
export function askSecret({ stdin, stderr }: ProcessParts, question: string): Promise<string> {
  if (stdin.isTTY !== true || stdin.setRawMode === undefined)
    return Promise.reject(cliError('SECRET_MISSING', `${question} is needed, and there is no terminal to ask on.`))
  stderr.write(`${question}: `)
  stdin.setRawMode(true)
  return new Promise<string>((resolve, reject) => {
    let typed = ''
    const end = (settle: () => void): void => {
      stdin.off('data', onData)
      stdin.setRawMode?.(false)
      stdin.pause()
      stderr.write('\n')
      settle()
    }
    const onData = (chunk: Buffer): void => {
      for (const letter of chunk.toString('utf8')) {
        if (letter === ctrlC) return end(() => reject(cliError('SECRET_MISSING', `${question} was not given.`)))
        if (enter.test(letter))
          return end(() =>
            typed === '' ? reject(cliError('SECRET_MISSING', `${question} is empty.`)) : resolve(typed),
          )
        typed = backspaces.includes(letter) ? [...typed].slice(0, -1).join('') : typed + letter
      }
    }
    stdin.on('data', onData)
    stdin.resume()
  })
}
