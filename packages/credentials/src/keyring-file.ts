import { randomBytes } from 'node:crypto'
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { compileSchema, isNetPulseError } from '@netpulse/core'
import { credentialError } from './errors.js'
import { lockFile } from './files/lock-file.js'
import { replaceFile } from './files/replace-file.js'
import type { Keyring } from './sealer.js'

interface KeyringFile {
  readonly current: string
  /** Keys in base64, by id. */
  readonly keys: Readonly<Record<string, string>>
}

const schema = compileSchema<KeyringFile>({
  type: 'object',
  additionalProperties: false,
  required: ['current', 'keys'],
  properties: {
    current: { type: 'string' },
    keys: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z0-9_-]{1,32}$' },
      additionalProperties: { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' },
    },
  },
})

/** A keyring with one new key that lives as long as the process. */
export const temporaryKeyring = (): Keyring => ({ keys: [{ id: 'k1', key: randomBytes(32) }], current: 'k1' })

/**
 * Reads the keyring of a file, readable by its owner alone; makes the file with a new key when it is missing.
 * @throws KEYRING_INVALID
 */
export async function loadKeyring(path: string): Promise<Keyring> {
  const text = (await readIfThere(path)) ?? (await create(path))
  const { mode } = await stat(path)
  if ((mode & 0o077) !== 0) {
    throw credentialError('KEYRING_INVALID', `Others than its owner may read the key file ${path}: chmod 600 it.`)
  }
  return parse(text, path)
}

/**
 * Adds a new key to the keyring of a file and makes it the current one. Those before stay: what they sealed can be opened.
 * Processes that have read the file know nothing of it.
 * @throws KEYRING_INVALID, CREDENTIAL_FILE_BUSY
 */
export async function addKeyringKey(path: string): Promise<Keyring> {
  const unlock = await lockFile(path).catch((cause: unknown) => {
    throw isNetPulseError(cause) ? cause : unwritable(path, cause)
  })
  try {
    const { keys } = await loadKeyring(path)
    const keyring = { current: nextId(keys), keys: [...keys, { id: nextId(keys), key: randomBytes(32) }] }
    await replaceFile(path, textOf(keyring)).catch((cause: unknown) => {
      throw unwritable(path, cause)
    })
    return keyring
  } finally {
    await unlock()
  }
}

const unwritable = (path: string, cause: unknown): Error =>
  credentialError('KEYRING_INVALID', `The key file ${path} cannot be written.`, { cause })

/** `k2` behind `k1`; ids of other forms may be among them. */
function nextId(keys: Keyring['keys']): string {
  const numbers = keys.map(({ id }) => Number(/^k(\d{1,9})$/.exec(id)?.[1] ?? 0))
  return `k${Math.max(0, ...numbers) + 1}`
}

function textOf({ current, keys }: Keyring): string {
  const content: KeyringFile = {
    current,
    keys: Object.fromEntries(keys.map(({ id, key }) => [id, Buffer.from(key).toString('base64')])),
  }
  return `${JSON.stringify(content)}\n`
}

function parse(text: string, path: string): Keyring {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw credentialError('KEYRING_INVALID', `The key file ${path} is not JSON.`)
  }
  const [wrong] = schema.check(content)
  if (wrong !== undefined) {
    throw credentialError('KEYRING_INVALID', `The key file ${path} is invalid: ${wrong.path} ${wrong.message}.`)
  }
  const { current, keys } = content as KeyringFile
  return { current, keys: Object.entries(keys).map(([id, key]) => ({ id, key: Buffer.from(key, 'base64') })) }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw credentialError('KEYRING_INVALID', `The key file ${path} cannot be read.`, { cause: error })
  }
}

/** Written aside and linked into place: two first starts cannot end up with two keys. */
async function create(path: string): Promise<string> {
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(aside, textOf(temporaryKeyring()), { mode: 0o600, flush: true })
  try {
    await link(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(aside, { force: true })
  }
  return readFile(path, 'utf8')
}
