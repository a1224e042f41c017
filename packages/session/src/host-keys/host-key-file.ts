import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { JsonObject } from '@netpulse/core'
import { compileSchema, isNetPulseError } from '@netpulse/core'
import type { PinnedHostKey } from '@netpulse/driver-sdk'
import { sessionError } from '../errors.js'

interface FileContent {
  readonly version: 1
  readonly keys: Readonly<Record<string, { type: string; fingerprint: string; firstSeenAt: string }>>
}

const fileSchema = (): ReturnType<typeof compileSchema<FileContent>> =>
  compileSchema<FileContent>({
    type: 'object',
    additionalProperties: false,
    required: ['version', 'keys'],
    properties: {
      version: { const: 1 },
      keys: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          additionalProperties: false,
          required: ['type', 'fingerprint', 'firstSeenAt'],
          properties: {
            type: { type: 'string', minLength: 1 },
            fingerprint: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}$' },
            firstSeenAt: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T[0-9:.]+Z$' },
          },
        },
      },
    },
  } satisfies JsonObject)

const isMissing = (error: unknown): boolean => (error as { code?: string } | null)?.code === 'ENOENT'

type Keys = ReadonlyMap<string, PinnedHostKey>

/** The file below a host key store: read when it has changed, replaced as a whole, never half written. */
export class HostKeyFile {
  readonly #path: string
  readonly #schema = fileSchema()
  #keys: Keys = new Map()
  /** What the file looked like when `#keys` was read. */
  #version = ''

  constructor(path: string) {
    this.#path = path
  }

  /**
   * A missing file is an empty one.
   * @throws HOST_KEY_STORE_INVALID
   */
  async read(): Promise<Keys> {
    const version = await this.#versionOnDisk()
    if (version !== this.#version) {
      this.#keys = version === 'missing' ? new Map() : this.#parse(await this.#text())
      this.#version = version
    }
    return this.#keys
  }

  /** Written beside the file, flushed and renamed, so that a crash leaves the old or the new one. */
  async write(keys: Keys): Promise<void> {
    const temporary = `${this.#path}.${process.pid}.tmp`
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.chmod(0o600)
      await handle.writeFile(format(keys))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, this.#path)
    this.#keys = keys
    this.#version = await this.#versionOnDisk()
  }

  async #versionOnDisk(): Promise<string> {
    try {
      const { ino, size, mtimeMs } = await stat(this.#path)
      return `${ino}/${size}/${mtimeMs}`
    } catch (error) {
      if (isMissing(error)) return 'missing'
      throw this.#invalid('cannot be read', error)
    }
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.#path, 'utf8')
    } catch (error) {
      throw this.#invalid('cannot be read', error)
    }
  }

  #parse(text: string): Keys {
    try {
      const { keys } = this.#schema.parse(JSON.parse(text), 'The host key file')
      return new Map(
        Object.entries(keys).map(([address, { type, fingerprint, firstSeenAt }]) => [
          address,
          { address, type, fingerprint, firstSeenAt: new Date(firstSeenAt) },
        ]),
      )
    } catch (error) {
      throw this.#invalid(isNetPulseError(error) ? `is not valid: ${error.message}` : 'is not JSON', error)
    }
  }

  #invalid(what: string, cause: unknown): Error {
    return sessionError('HOST_KEY_STORE_INVALID', `Host key file ${this.#path} ${what}. Nothing was changed in it.`, {
      details: { path: this.#path },
      cause,
    })
  }
}

function format(keys: Keys): string {
  const entries = [...keys.values()].map(({ address, type, fingerprint, firstSeenAt }) => [
    address,
    { type, fingerprint, firstSeenAt: firstSeenAt.toISOString() },
  ])
  return `${JSON.stringify({ version: 1, keys: Object.fromEntries(entries) as JsonObject }, null, 2)}\n`
}
