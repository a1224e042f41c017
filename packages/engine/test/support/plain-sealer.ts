import type { JobSealer } from '../../src/run/sealed-job.js'

/** Binds a text to its context without hiding it, so that unit tests can look inside. */
export const plainSealer: JobSealer = {
  seal: (plain, context) => JSON.stringify({ context, plain }),
  open(sealed, context) {
    const box = JSON.parse(sealed) as { context: string; plain: string }
    if (box.context !== context) throw new Error('sealed for another job')
    return box.plain
  },
}
