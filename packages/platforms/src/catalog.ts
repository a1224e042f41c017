import { nearestWord } from '@netpulse/core'
import type { DefinitionFile, PlatformNames } from './definition/definition-file.js'
import { DefinitionReader, shippedNames } from './definition/definition-file.js'
import { platformError } from './errors.js'
import type { Platform } from './platform.js'

/** The platforms that a process knows. */
export interface PlatformCatalog {
  /**
   * The platform of this name or alias. Read and compiled at the first call for it, then kept.
   * @throws PLATFORM_UNKNOWN with the nearest known name; PLATFORM_INVALID
   */
  get(nameOrAlias: string): Platform
  /** As `get`; `undefined` when no platform has this name. @throws PLATFORM_INVALID */
  find(nameOrAlias: string): Platform | undefined
  /** Every platform, by name. Compiles none of them. */
  list(): readonly PlatformEntry[]
}

/** A platform in the list of a catalogue. */
export interface PlatformEntry extends PlatformNames {
  /** The file it comes from; absent for those that NetPulse ships. */
  readonly file?: string
}

export interface LoadPlatformsOptions {
  /** The operator's own platform files, in either format. Read and checked at once. */
  readonly files?: readonly (string | PlatformFileReference)[]
}

/** A platform file with what it does not say itself: a file in a foreign layout has no place for it. */
export interface PlatformFileReference {
  readonly path: string
  /** Name of the platform, for files without. Default: the name of the file. */
  readonly name?: string
  /** `true`: it goes before a built-in platform of the same name. */
  readonly replaces?: boolean
}

/** The operator's files by each name they answer to. */
class OwnPlatforms {
  readonly definitions: readonly DefinitionFile[]
  readonly byName = new Map<string, DefinitionFile>()

  constructor(files: readonly (string | PlatformFileReference)[], reader: DefinitionReader) {
    this.definitions = files.map((file) => readReferred(typeof file === 'string' ? { path: file } : file, reader))
    for (const definition of this.definitions) this.#claim(definition)
  }

  #claim(definition: DefinitionFile): void {
    for (const name of [definition.name, ...definition.aliases]) {
      const other = this.byName.get(name)
      if (other !== undefined && other !== definition) {
        throw platformError('PLATFORM_CLASH', `"${name}" is claimed by ${other.source} and by ${definition.source}`)
      }
      this.byName.set(name, definition)
    }
  }
}

function readReferred({ path, name, replaces }: PlatformFileReference, reader: DefinitionReader): DefinitionFile {
  const definition = reader.read(path, name)
  return replaces === undefined ? definition : { ...definition, replaces }
}

class LazyCatalog implements PlatformCatalog {
  readonly #own: OwnPlatforms
  readonly #reader: DefinitionReader
  readonly #compiled = new Map<string, Platform>()
  #shipped: readonly PlatformNames[] | undefined

  constructor(own: OwnPlatforms, reader: DefinitionReader) {
    this.#own = own
    this.#reader = reader
    for (const definition of own.definitions) this.#assertMayTake(definition)
    // Compiled now, so that a bad file is known at start-up and not at the first job.
    for (const definition of own.definitions) this.#compile(definition)
  }

  get(nameOrAlias: string): Platform {
    const platform = this.find(nameOrAlias)
    if (platform !== undefined) return platform
    const names = this.list().flatMap((entry) => [entry.name, ...entry.aliases])
    const nearest = nearestWord(nameOrAlias, names)
    const hint = nearest === undefined ? `known: ${this.#names()}` : `did you mean "${nearest}"?`
    throw platformError('PLATFORM_UNKNOWN', `unknown platform; ${hint}`)
  }

  find(nameOrAlias: string): Platform | undefined {
    const own = this.#own.byName.get(nameOrAlias)
    if (own !== undefined) return this.#compile(own)
    const name = this.#shippedNameOf(nameOrAlias)
    if (name === undefined) return undefined
    // A platform of the operator may have taken the whole place of the shipped one, aliases included.
    const replacement = this.#own.byName.get(name)
    return replacement?.name === name ? this.#compile(replacement) : this.#shippedPlatform(name)
  }

  list(): readonly PlatformEntry[] {
    const taken = new Set(this.#own.byName.keys())
    const shipped = this.#shippedNames()
      .filter(({ name }) => this.#own.byName.get(name)?.name !== name)
      .map(({ name, aliases }) => ({ name, aliases: aliases.filter((alias) => !taken.has(alias)) }))
    const own = this.#own.definitions.map(({ name, aliases, source }) => ({
      name,
      aliases: [...aliases, ...this.#inheritedAliases(name, taken)],
      file: source,
    }))
    return [...shipped, ...own].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #inheritedAliases(name: string, taken: ReadonlySet<string>): readonly string[] {
    const replaced = this.#shippedNames().find((names) => names.name === name)
    return replaced?.aliases.filter((alias) => !taken.has(alias)) ?? []
  }

  #names(): string {
    return this.list()
      .map(({ name }) => name)
      .join(', ')
  }

  #compile(definition: DefinitionFile): Platform {
    const known = this.#compiled.get(definition.name)
    if (known !== undefined) return known
    const base = this.#shippedNameOf(definition.name)
    const platform = definition.compile(
      base === undefined ? undefined : this.#reader.findShipped(base)?.compile(undefined),
    )
    this.#compiled.set(definition.name, platform)
    return platform
  }

  #shippedPlatform(name: string): Platform | undefined {
    const known = this.#compiled.get(name)
    if (known !== undefined) return known
    const platform = this.#reader.findShipped(name)?.compile(undefined)
    if (platform !== undefined) this.#compiled.set(name, platform)
    return platform
  }

  /** Names of files are names of platforms, so that asking by name reads one file and by alias the heads of all. */
  #shippedNameOf(nameOrAlias: string): string | undefined {
    const names = this.#shippedNames()
    return names.find(({ name, aliases }) => name === nameOrAlias || aliases.includes(nameOrAlias))?.name
  }

  #shippedNames(): readonly PlatformNames[] {
    this.#shipped ??= shippedNames()
    return this.#shipped
  }

  #assertMayTake(definition: DefinitionFile): void {
    if (definition.replaces) return
    for (const name of [definition.name, ...definition.aliases]) {
      const shipped = this.#shippedNameOf(name)
      if (shipped === undefined) continue
      throw platformError(
        'PLATFORM_CLASH',
        `${definition.source}: "${name}" is a name of the built-in platform ${shipped}; rename yours, or set "replaces: true" in it`,
      )
    }
  }
}

/**
 * The platforms that NetPulse ships and those of the operator's files.
 * @throws PLATFORM_INVALID for a file that does not fit; PLATFORM_CLASH for a name that is taken
 */
export function loadPlatforms(options: LoadPlatformsOptions = {}): PlatformCatalog {
  const reader = new DefinitionReader()
  return new LazyCatalog(new OwnPlatforms(options.files ?? [], reader), reader)
}
