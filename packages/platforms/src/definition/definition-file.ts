import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Schema } from '@netpulse/core'
import { parse as parseYaml } from 'yaml'
import { packagePath } from '../package-files.js'
import type { Platform } from '../platform.js'
import { invalidDefinition } from './definition-error.js'
import { platformFileCheck } from './platform-file.js'
import { readPlatformFile } from './read-platform-file.js'
import { readScrapliFile } from './read-scrapli-file.js'
import { looksLikeScrapli, scrapliFileCheck } from './scrapli-file.js'

/** Names that a definition answers to. */
export interface PlatformNames {
  readonly name: string
  readonly aliases: readonly string[]
}

/** A definition file, parsed but not yet compiled. */
export interface DefinitionFile extends PlatformNames {
  readonly source: string
  readonly replaces: boolean
  /** Checks and compiles; `base` lends what a foreign format has no word for. */
  compile(base: Platform | undefined): Platform
}

function yamlOf(text: string, source: string): unknown {
  try {
    return parseYaml(text) as unknown
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0]! : 'not YAML'
    throw invalidDefinition(source, [{ path: '', message: reason }])
  }
}

const nameOfPath = (path: string): string => basename(path).replace(/\.[^.]*$/, '')

/** Reads definition files; keeps the compiled schemas of both formats. */
export class DefinitionReader {
  readonly #ownCheck = platformFileCheck()
  readonly #foreignCheck = scrapliFileCheck()

  /** @throws PLATFORM_INVALID also when the file cannot be read */
  read(path: string, name?: string): DefinitionFile {
    return this.parse(textOf(path, path), path, name)
  }

  /** @throws PLATFORM_INVALID */
  parse(text: string, source: string, name = nameOfPath(source)): DefinitionFile {
    const data = yamlOf(text, source)
    return looksLikeScrapli(data) ? this.#foreign(data, source, name) : this.#own(data, source)
  }

  /** A shipped definition by the platform's name. Errors call it by its base name: messages tell no place of the server. */
  findShipped(name: string): DefinitionFile | undefined {
    const path = shippedPath(name)
    if (!/^[a-z][a-z0-9_]*$/.test(name) || !existsSync(path)) return undefined
    const source = basename(path)
    return this.parse(textOf(path, source), source)
  }

  #own(data: unknown, source: string): DefinitionFile {
    const file = checked(this.#ownCheck, data, source)
    return {
      name: file.name,
      aliases: file.aliases ?? [],
      source,
      replaces: file.replaces ?? false,
      compile: () => readPlatformFile(file, source),
    }
  }

  /** The `scrapli_definitions` layout, which has no name in it. */
  #foreign(data: unknown, source: string, name: string): DefinitionFile {
    const file = checked(this.#foreignCheck, data, source)
    return {
      name,
      aliases: [],
      source,
      replaces: file.replaces ?? false,
      compile: (base) => readScrapliFile(file, source, { name, ...(base === undefined ? {} : { base }) }),
    }
  }
}

function checked<T>(schema: Schema<T>, data: unknown, source: string): T {
  const problems = schema.check(data)
  if (problems.length > 0) throw invalidDefinition(source, problems)
  return data as T
}

function textOf(path: string, source: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw invalidDefinition(source, [{ path: '', message: `cannot be read (${code})` }])
  }
}

/**
 * Reads a definition from the text of its file, in NetPulse's format or in the `scrapli_definitions` layout. A file of
 * that layout is named after its path, unless `name` says otherwise.
 * @throws PLATFORM_INVALID
 */
export function parseDefinition(text: string, source: string, name?: string): DefinitionFile {
  return new DefinitionReader().parse(text, source, name)
}

const shippedPath = (name: string): string => packagePath('definitions', `${name}.yaml`)

/** What stands before `modes:` in a shipped file: its names. Only this much is parsed to know them all. */
function namesOf(path: string): PlatformNames {
  const [head = ''] = readFileSync(path, 'utf8').split(/^modes:/m, 1)
  const { name, aliases = [] } = yamlOf(head, basename(path)) as Partial<PlatformNames>
  return { name: name ?? basename(path, '.yaml'), aliases }
}

/** The names of every shipped definition. */
export function shippedNames(): readonly PlatformNames[] {
  const folder = packagePath('definitions')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => namesOf(join(folder, file)))
}
