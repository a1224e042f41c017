import { readFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { serverError } from '../errors.js'
import type { Setting } from './settings.js'
import { describedAt } from './settings.js'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw serverError('CONFIG_UNREADABLE', `The configuration file ${path} cannot be read.`, { cause })
  }
}

/** The document's values; the parser's own sentence has line and column. */
function contentOf(path: string, text: string): Record<string, unknown> {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw serverError('CONFIG_UNREADABLE', `${path} is not YAML: ${error.message}`)
  const content: unknown = document.toJS() ?? {}
  if (!isObject(content)) throw serverError('CONFIG_UNREADABLE', `${path} must hold sections with keys.`)
  return content
}

/**
 * Settings from a YAML file, one per key of a section. An empty section says nothing.
 * @throws CONFIG_UNREADABLE
 */
export async function fileSettings(path: string): Promise<readonly Setting[]> {
  const content = contentOf(path, await textOf(path))
  return Object.entries(content).flatMap(([key, value]) => {
    const isSection = describedAt(key)?.properties !== undefined
    if (!isSection) return [{ path: key, value, source: path }]
    if (value === null) return []
    if (!isObject(value)) return [{ path: key, value, source: path }]
    return Object.entries(value).map(([inner, one]) => ({ path: `${key}.${inner}`, value: one, source: path }))
  })
}
