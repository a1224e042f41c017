import type { Sealer } from '@netpulse/credentials'

/** Binds a text to its context without hiding it, so that unit tests can look inside. */
export const plainSealer: Sealer = {
  seal: (plain, context) => JSON.stringify({ context, plain }),
  open(sealed, context) {
    const box = JSON.parse(sealed) as { context: string; plain: string }
    if (box.context !== context) throw new Error('sealed for another job')
    return box.plain
  },
  fingerprint: (text) => text,
  isFingerprintOf: (fingerprint, text) => fingerprint === text,
}
