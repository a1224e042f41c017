import { readFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { configError } from './errors.js'
import type { Setting } from './settings.js'
import { describedAt } from './settings.js'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw configError('CONFIG_UNREADABLE', `The configuration file ${path} cannot be read.`, { cause })
  }
}

/** The document's values; the parser's own sentence has line and column. */
function contentOf(path: string, text: string): Record<string, unknown> {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw configError('CONFIG_UNREADABLE', `${path} is not YAML: ${error.message}`)
  const content: unknown = document.toJS() ?? {}
  if (!isObject(content)) throw configError('CONFIG_UNREADABLE', `${path} must hold sections with keys.`)
  return content
}

/**
 * Settings from a YAML file, one per key of a section. An empty section says nothing.
 * @throws CONFIG_UNREADABLE
 */
export async function fileSettings(path: string): Promise<readonly Setting[]> {
  const content = contentOf(path, await textOf(path))
  return settingsIn(content, '', path)
}

const settingsIn = (content: Readonly<Record<string, unknown>>, prefix: string, source: string): readonly Setting[] =>
  Object.entries(content).flatMap(([key, value]): readonly Setting[] => {
    const path = prefix + key
    const isSection = describedAt(path)?.properties !== undefined
    if (isSection && value === null) return []
    return isSection && isObject(value) ? settingsIn(value, `${path}.`, source) : [{ path, value, source }]
  })
