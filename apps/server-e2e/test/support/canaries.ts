import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A secret that must not turn up anywhere. */
export interface Canary {
  readonly name: string
  readonly value: string
}

/** Text that nobody else has, with signs that JSON, URLs and shells write in another way. */
export const canaryText = (name: string): string => `${name}-"7/+é&=%-${randomBytes(9).toString('hex')}`

/** Text that survives any terminal and any URL, so that devices and tokens can hold it. */
export const plainCanary = (name: string): string => `${name}-${randomBytes(12).toString('hex')}`

/** Base64 of the bytes wherever they stand in a longer text: at each of three offsets, without what its neighbours decide. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = text.slice(offset === 0 ? 0 : offset + 1, -1)
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** Every way in which a text might be written. */
function formsOf(value: string): ReadonlySet<string> {
  const bytes = Buffer.from(value)
  const json = JSON.stringify(value).slice(1, -1)
  return new Set([
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    json.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
    encodeURIComponent(value),
    encodeURIComponent(value).toLowerCase(),
    new URLSearchParams({ v: value }).toString().slice(2),
    bytes.toString('hex'),
    ...base64Forms(bytes),
  ])
}

/** Looks for canaries in bytes, in every form. */
export class CanaryScan {
  readonly #forms: readonly { readonly name: string; readonly bytes: Buffer }[]

  constructor(canaries: readonly Canary[]) {
    // A key is printed line by line, too.
    this.#forms = canaries.flatMap(({ name, value }) =>
      [value, ...value.split('\n').filter((line) => line.length >= 24 && !line.startsWith('-----'))].flatMap((text) =>
        [...formsOf(text)].map((form) => ({ name, bytes: Buffer.from(form) })),
      ),
    )
  }

  /** Names of the canaries in the bytes, each once. */
  in(bytes: Buffer | string): readonly string[] {
    const where = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    return [...new Set(this.#forms.filter((form) => where.includes(form.bytes)).map(({ name }) => name))]
  }
}

/** All bytes of all files below a folder, by path. */
export async function filesBelow(
  folder: string,
): Promise<readonly { readonly path: string; readonly bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) })))
}
