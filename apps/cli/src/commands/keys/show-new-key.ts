import type { ApiKey, NewApiKey } from '@netpulse/client'
import type { Context } from '../../context.js'
import type { GlobalOptions } from '../../global-options.js'
import { oneLine } from '../../output/plain-text.js'
import { intoNewSecretFile } from '../../secrets/new-secret-file.js'

/** Where a new key goes. */
export interface NewKeyPlace extends GlobalOptions {
  readonly keyFile?: string
}

/** Flags and words of `--key-file`. */
export const keyFileOption = ['--key-file <file>', 'write the key into this new file, and show it nowhere'] as const

const introduction = ({ id, name, role }: ApiKey): string => `netpulse: key ${id}, ${oneLine(name)}, ${role}`

/**
 * Has a key made and shows it, this once: alone on stdout for people and pipes, in the record for programs; or not at all
 * when it goes into a file.
 */
export async function showNewKey(
  { parts, options, report }: Context<NewKeyPlace>,
  make: () => Promise<NewApiKey>,
): Promise<void> {
  const { keyFile } = options
  if (keyFile === undefined) {
    const made = await make()
    if (report.isForPeople) report.note(`${introduction(made)}. It is not shown again.`)
    return report.one(made, () => `${made.key}\n`)
  }
  const info = await intoNewSecretFile(parts, keyFile, async () => {
    const { key: secret, ...made } = await make()
    return { secret, made }
  })
  report.one(info, () => `${info.id}\n`)
  if (report.isForPeople) report.note(`${introduction(info)}. The key is in ${keyFile}.`)
}
