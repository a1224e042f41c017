import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Type, type Static } from 'typebox'
import { apiError } from '../errors.js'
import { compileTyped } from '../validation.js'

const hash = () => Type.String({ minLength: 43, maxLength: 43 })
const texts = () => Type.Array(Type.String())
const selector = Type.Object(
  {
    site: Type.Optional(Type.String()),
    tag: Type.Optional(Type.String()),
    host: Type.Optional(Type.String()),
    cidr: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

const StoredKey = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9]{8}$' }),
    name: Type.String(),
    role: Type.Unsafe<'viewer' | 'operator' | 'admin'>({ type: 'string', enum: ['viewer', 'operator', 'admin'] }),
    /** SHA-256 of the secret part, base64url. */
    hash: hash(),
    created: Type.String(),
    /** Instants in ISO 8601. */
    expires: Type.Optional(Type.String()),
    rotated: Type.Optional(Type.String()),
    /** The secret before the last rotation, as long as it is taken beside the new one. */
    previous: Type.Optional(Type.Object({ hash: hash(), until: Type.String() }, { additionalProperties: false })),
    scopes: Type.Optional(texts()),
    devices: Type.Optional(Type.Array(selector)),
    policy_allow: Type.Optional(texts()),
  },
  { additionalProperties: false },
)
const KeyFile = Type.Object(
  { version: Type.Unsafe<1>({ const: 1 }), keys: Type.Array(StoredKey) },
  { additionalProperties: false },
)
const UsageFile = Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } })

/** A key as its file has it. */
export type StoredKey = Static<typeof StoredKey>

const keySchema = compileTyped(KeyFile)
const storedKeySchema = compileTyped(StoredKey)
const usageSchema = compileTyped(UsageFile)

/**
 * A key from its text.
 * @throws API_KEYS_UNREADABLE
 */
export function storedKeyOf(text: string): StoredKey {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    content = undefined
  }
  if (storedKeySchema.check(content).length > 0)
    throw apiError('API_KEYS_UNREADABLE', 'A shared record does not hold an API key.')
  return content as StoredKey
}

const isMissing = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'ENOENT'

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw apiError('API_KEYS_UNREADABLE', `${path} cannot be read as JSON.`, { cause })
  }
}

/** A reader sees the old file or the new one, never half of one; nobody else may read it. */
async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(value, undefined, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    throw apiError('API_KEYS_UNREADABLE', `${path} cannot be written.`, { cause })
  }
}

/**
 * The keys and, in a file of its own, when each was last used: a server that notes a use never writes the keys, and so
 * cannot undo a revocation that another process makes in the same moment.
 */
export class KeyFiles {
  readonly #keys: string
  readonly #usage: string

  constructor(path: string) {
    this.#keys = path
    this.#usage = path.replace(/(\.json)?$/, '.last-used.json')
  }

  /** Changes whenever somebody writes the keys; 0 while there is no file. */
  async version(): Promise<number> {
    const found = await stat(this.#keys).catch((error: unknown) => {
      if (isMissing(error)) return undefined
      throw apiError('API_KEYS_UNREADABLE', `${this.#keys} cannot be read.`, { cause: error })
    })
    return found === undefined ? 0 : found.mtimeMs + found.ino
  }

  /** @throws API_KEYS_UNREADABLE */
  async readKeys(): Promise<readonly StoredKey[]> {
    const content = await readJson(this.#keys)
    if (content === undefined) return []
    const errors = keySchema.check(content)
    if (errors.length > 0)
      throw apiError(
        'API_KEYS_UNREADABLE',
        `${this.#keys} does not hold API keys: ${errors[0]!.path} ${errors[0]!.message}.`,
      )
    return (content as Static<typeof KeyFile>).keys
  }

  writeKeys(keys: readonly StoredKey[]): Promise<void> {
    return writeJson(this.#keys, { version: 1, keys })
  }

  /** Key id to ISO 8601 instant. Not needed for anything but a list: what cannot be read is empty. */
  async readUsage(): Promise<Record<string, string>> {
    const content = await readJson(this.#usage).catch(() => undefined)
    return content !== undefined && usageSchema.check(content).length === 0 ? (content as Record<string, string>) : {}
  }

  writeUsage(usage: Readonly<Record<string, string>>): Promise<void> {
    return writeJson(this.#usage, usage)
  }
}
