import { lstat, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Device, JobId, JobRecord } from '@netpulse/core'
import { asJobId, compileSchema } from '@netpulse/core'
import { storageError } from './errors.js'
import { ownFolders, realInside } from './inside.js'
import { readJson, writeJson } from './json-file.js'
import { entriesOf } from './staged-files.js'
import { usingFolder } from './unavailable.js'

/** What a file came from: kept beside it, since it outlives its job's record. */
export interface FileOrigin {
  readonly job: JobId
  readonly owner: string
  readonly device: Device
  readonly tags: readonly string[]
  readonly storedAt: Date
}

/** A file that clients can fetch. */
export interface FetchableFile {
  readonly id: string
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
  readonly origin: FileOrigin
}

interface About extends Omit<FileOrigin, 'storedAt'> {
  readonly storedAt: string
}

const text = { type: 'string' }
const aboutSchema = compileSchema<About>({
  type: 'object',
  required: ['job', 'owner', 'device', 'tags', 'storedAt'],
  properties: {
    job: text,
    owner: text,
    device: {
      type: 'object',
      required: ['id', 'host', 'port'],
      properties: { id: text, host: text, port: { type: 'integer' }, platform: text },
    },
    tags: { type: 'array', items: text },
    storedAt: text,
  },
})

const prefix = 'dl_'
const folderPattern = /^dl_[0-9A-Za-z-]{1,64}$/

/** A part of an id that is no name: a way up, a way to another drive, something that a shell reads. */
const noName = /[\u0000-\u001f\\]/

const unknown = (): Error => storageError('STORED_FILE_UNKNOWN', 'No file has this id, or it was too old.')

/** The parts of an id. @throws PATH_DENIED for one that leads elsewhere, STORED_FILE_UNKNOWN for one that none has */
function partsOf(id: string): readonly [folder: string, ...rest: string[]] {
  const parts = id.split('/')
  if (parts.some((part) => part === '..' || part === '.' || noName.test(part)))
    throw storageError('PATH_DENIED', 'The id leads out of the files that can be fetched.')
  const [folder = '', ...rest] = parts
  if (!folderPattern.test(folder) || rest.length === 0 || rest.includes('')) throw unknown()
  return [folder, ...rest]
}

/**
 * Files that jobs have brought from devices: `downloads/dl_<job>/<name>`, and beside that folder `dl_<job>.json` with what
 * decides who may have them. A folder without it is of a job that still runs.
 */
export class FetchableFiles {
  readonly #folder: string
  readonly #clock: Clock

  constructor({ folder, clock }: { readonly folder: string; readonly clock: Clock }) {
    this.#folder = join(folder, ownFolders.downloads)
    this.#clock = clock
  }

  /** The folder of a job's files, made when it is missing. Absolute. @throws STORAGE_UNAVAILABLE */
  async folderFor(job: JobId): Promise<string> {
    const folder = this.#folderOf(job)
    await usingFolder(() => mkdir(folder, { recursive: true, mode: 0o700 }))
    return folder
  }

  /** Id of a file of a job, by its path below the job's folder. */
  idOf(job: JobId, path: string): string {
    return `${prefix}${job}/${path}`
  }

  /** The job's files are complete: from here on they can be fetched. */
  async publish({ id: job, owner, tags, request: { device } }: JobRecord): Promise<void> {
    const storedAt = this.#clock.now().toISOString()
    await usingFolder(() => writeJson(`${this.#folderOf(job)}.json`, { job, owner, device, tags, storedAt }))
  }

  /** @throws PATH_DENIED for an id that leads elsewhere, STORED_FILE_UNKNOWN */
  async get(id: string): Promise<FetchableFile> {
    const [folder, ...rest] = partsOf(id)
    const origin = await this.#originOf(folder)
    if (origin === undefined) throw unknown()
    const path = await realInside(this.#folder, join(folder, ...rest)).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? unknown() : error
    })
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() !== true) throw unknown()
    return { id, name: rest.at(-1)!, path, sizeBytes: found.size, modifiedAt: found.mtime, origin }
  }

  /** Idempotent. */
  async remove(job: JobId): Promise<void> {
    const folder = this.#folderOf(job)
    // First what makes them known.
    await rm(`${folder}.json`, { force: true })
    await rm(folder, { recursive: true, force: true })
  }

  /** Jobs that have a folder, with its age; `publishedAt` is missing while a job runs, or when it never came to its end. */
  async list(): Promise<readonly { readonly job: JobId; readonly publishedAt?: Date; readonly changedAt: Date }[]> {
    const names = (await entriesOf(this.#folder)).filter((name) => folderPattern.test(name))
    const found = names.map(async (name) => {
      const [origin, own] = await Promise.all([
        this.#originOf(name),
        lstat(join(this.#folder, name)).catch(() => undefined),
      ])
      if (own === undefined) return undefined
      const published = origin === undefined ? {} : { publishedAt: origin.storedAt }
      return { job: asJobId(name.slice(prefix.length)), changedAt: own.mtime, ...published }
    })
    return (await Promise.all(found)).filter((one) => one !== undefined)
  }

  async #originOf(folder: string): Promise<FileOrigin | undefined> {
    const about = await usingFolder(() => readJson(join(this.#folder, `${folder}.json`), aboutSchema))
    return about === undefined ? undefined : { ...about, storedAt: new Date(about.storedAt) }
  }

  #folderOf(job: JobId): string {
    return join(this.#folder, `${prefix}${job}`)
  }
}
