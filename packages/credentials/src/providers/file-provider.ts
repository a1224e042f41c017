import { resolve } from 'node:path'
import { isNetPulseError } from '@netpulse/core'
import type { CredentialCall, CredentialFields, CredentialManifest, CredentialProvider } from '@netpulse/plugin-sdk'
import { pluginApiVersion, providerError } from '@netpulse/plugin-sdk'
import { loadKeyring } from '../keyring-file.js'
import type { Keyring } from '../sealer.js'
import type { CredentialFile } from './credential-file.js'
import { openCredentialFile } from './credential-file.js'

/** Secrets in a sealed file; the reference is the name of an entry. See `openCredentialFile` for how to fill it. */
export const fileProvider = (keyring: Keyring): CredentialManifest => ({
  kind: 'credential',
  name: 'file',
  apiVersion: pluginApiVersion,
  optionsSchema: { type: 'object', additionalProperties: false, properties: {} },
  providerSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['file'],
    properties: {
      file: {
        type: 'string',
        minLength: 1,
        description: 'The sealed file. Read at each use: a change counts at once.',
      },
      keyring_file: {
        type: 'string',
        minLength: 1,
        description: 'Keys that the file is sealed with. Default: those that seal the secrets of jobs.',
      },
    },
  },
  accepts: [],
  load: () =>
    Promise.resolve(async ({ file, keyring_file: keyringFile }) => {
      const keys = typeof keyringFile === 'string' ? await loadKeyring(resolve(keyringFile)) : keyring
      return new FileProvider(openCredentialFile(resolve(String(file)), keys))
    }),
})

class FileProvider implements CredentialProvider {
  readonly #file: CredentialFile

  constructor(file: CredentialFile) {
    this.#file = file
  }

  async fetch({ path }: { readonly path: string }, { signal }: CredentialCall): Promise<CredentialFields> {
    signal.throwIfAborted()
    const fields = await this.#find(path)
    signal.throwIfAborted()
    if (fields === undefined)
      throw providerError('CREDENTIAL_NOT_FOUND', 'The credential file has no entry of this name.')
    return fields
  }

  async #find(path: string): Promise<CredentialFields | undefined> {
    try {
      return await this.#file.find(path)
    } catch (cause) {
      if (!isNetPulseError(cause, 'CREDENTIAL_FILE_INVALID')) throw cause
      throw providerError('CREDENTIAL_UNREADABLE', cause.message, { cause })
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}
