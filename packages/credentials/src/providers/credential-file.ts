import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Schema } from '@netpulse/core'
import { compileSchema, isNetPulseError, Secret } from '@netpulse/core'
import type { CredentialFields } from '@netpulse/plugin-sdk'
import { credentialError } from '../errors.js'
import { lockFile } from '../files/lock-file.js'
import { replaceFile } from '../files/replace-file.js'
import { segmentsOf } from '../reference/normal-path.js'
import type { Keyring } from '../sealer.js'
import { createSealer } from '../sealer.js'

/** An entry of the file, without its values. */
export interface CredentialEntryInfo {
  readonly name: string
  readonly fields: readonly string[]
}

/** A file of credentials that only its owner may read, sealed as a whole: it tells neither values nor names. */
export interface CredentialFile {
  /** @throws CREDENTIAL_FILE_INVALID */
  list(): Promise<readonly CredentialEntryInfo[]>
  /** @throws CREDENTIAL_FILE_INVALID */
  find(name: string): Promise<CredentialFields | undefined>
  /** Adds an entry, or replaces all fields of one. @throws CREDENTIAL_REFERENCE_INVALID, CREDENTIAL_FILE_INVALID, CREDENTIAL_FILE_BUSY */
  set(name: string, fields: Readonly<Record<string, string>>): Promise<void>
  /** `false`: there is none of this name. @throws CREDENTIAL_FILE_INVALID, CREDENTIAL_FILE_BUSY */
  remove(name: string): Promise<boolean>
  /** Seals the file anew with the keyring's current key, so that an older one can go. @throws as `remove` */
  rotate(): Promise<void>
}

type Entries = Readonly<Record<string, Readonly<Record<string, string>>>>

interface Content {
  readonly format: 'netpulse-credentials'
  readonly version: 1
  /** The entries as JSON, in the envelope of the sealer. */
  readonly sealed: string
}

/** Binds the sealed text to what it is: a sealed value of a job does not open as a file. */
const context = 'netpulse credential file 1'

const fieldName = '^[A-Za-z0-9_.-]{1,64}$'

const contentSchema: Schema<Content> = compileSchema({
  type: 'object',
  additionalProperties: false,
  required: ['format', 'version', 'sealed'],
  properties: {
    format: { const: 'netpulse-credentials' },
    version: { const: 1 },
    sealed: { type: 'string' },
  },
})

/** Opens nothing yet; the file is made by the first `set`. @throws SEAL_KEY_UNKNOWN for a keyring without its current key */
export function openCredentialFile(path: string, keyring: Keyring): CredentialFile {
  return new SealedCredentialFile(path, keyring)
}

class SealedCredentialFile implements CredentialFile {
  readonly #path: string
  readonly #sealer: ReturnType<typeof createSealer>
  #last: Promise<unknown> = Promise.resolve()

  constructor(path: string, keyring: Keyring) {
    this.#path = path
    this.#sealer = createSealer(keyring)
  }

  async list(): Promise<readonly CredentialEntryInfo[]> {
    return Object.entries(await this.#read())
      .map(([name, fields]) => ({ name, fields: Object.keys(fields).sort() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async find(name: string): Promise<CredentialFields | undefined> {
    const entries = await this.#read()
    if (!Object.hasOwn(entries, name)) return undefined
    return new Map(Object.entries(entries[name]!).map(([field, value]) => [field, new Secret(value)]))
  }

  async set(name: string, fields: Readonly<Record<string, string>>): Promise<void> {
    if (segmentsOf(name)?.join('/') !== name)
      throw invalidEntry('The name of an entry is a path of segments: none empty, "." or "..", no slash at its ends.')
    const wrong = Object.keys(fields).find((field) => !new RegExp(fieldName).test(field))
    if (wrong !== undefined) throw invalidEntry('The name of a field is 1 to 64 letters, digits, "_", "." and "-".')
    if (Object.keys(fields).length === 0) throw invalidEntry('An entry needs a field.')
    await this.#change((entries) => ({ ...entries, [name]: fields }))
  }

  async remove(name: string): Promise<boolean> {
    let found = false
    await this.#change((entries) => {
      const { [name]: removed, ...rest } = entries
      found = removed !== undefined
      return found ? rest : entries
    })
    return found
  }

  rotate(): Promise<void> {
    return this.#change((entries) => ({ ...entries }))
  }

  /** One change at a time, in this process and among all; what stays the same is not written. */
  #change(change: (entries: Entries) => Entries): Promise<void> {
    const changed = this.#last.then(async () => {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
      const unlock = await this.#lock()
      try {
        const before = await this.#read()
        const after = change(before)
        if (after !== before) await this.#write(after)
      } finally {
        await unlock()
      }
    })
    this.#last = changed.catch(() => undefined)
    return changed
  }

  async #lock(): Promise<() => Promise<void>> {
    try {
      return await lockFile(this.#path)
    } catch (cause) {
      throw isNetPulseError(cause) ? cause : this.#invalid('cannot be written', cause)
    }
  }

  async #read(): Promise<Entries> {
    const text = await this.#text()
    if (text === undefined) return {}
    let content: unknown
    try {
      content = JSON.parse(text)
    } catch {
      throw this.#invalid('is damaged: it is not JSON')
    }
    if (contentSchema.check(content).length > 0) throw this.#invalid('is not a file of credentials')
    return this.#opened((content as Content).sealed)
  }

  #opened(sealed: string): Entries {
    try {
      return JSON.parse(this.#sealer.open(sealed, context)) as Entries
    } catch (cause) {
      const why = isNetPulseError(cause, 'SEAL_KEY_UNKNOWN')
        ? `is sealed with a key that the keyring does not have (${cause.message})`
        : 'is damaged, or sealed with another key of the same name'
      throw this.#invalid(why, cause)
    }
  }

  async #text(): Promise<string | undefined> {
    try {
      const { mode } = await stat(this.#path)
      if ((mode & 0o077) !== 0) throw this.#invalid('may be read by others than its owner: chmod 600 it')
      return await readFile(this.#path, 'utf8')
    } catch (cause) {
      if (hasCode(cause, 'ENOENT')) return undefined
      throw isNetPulseError(cause) ? cause : this.#invalid('cannot be read', cause)
    }
  }

  async #write(entries: Entries): Promise<void> {
    const sealed = this.#sealer.seal(JSON.stringify(entries), context)
    const content: Content = { format: 'netpulse-credentials', version: 1, sealed }
    try {
      await replaceFile(this.#path, `${JSON.stringify(content)}\n`)
    } catch (cause) {
      throw this.#invalid('cannot be written', cause)
    }
  }

  #invalid(what: string, cause?: unknown): Error {
    return credentialError('CREDENTIAL_FILE_INVALID', `The credential file ${this.#path} ${what}.`, { cause })
  }
}

const invalidEntry = (message: string): Error => credentialError('CREDENTIAL_REFERENCE_INVALID', message)

const hasCode = (error: unknown, code: string): boolean => (error as { code?: unknown } | null)?.code === code
