import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Schema } from '@netpulse/core'

/** Writes aside and renames: a reader sees all of it or nothing. */
export async function writeJson(path: string, value: object): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(value), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** `undefined` when the file is not there, or holds something else. */
export async function readJson<Value>(path: string, schema: Schema<Value>): Promise<Value | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return schema.check(value).length === 0 ? (value as Value) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
