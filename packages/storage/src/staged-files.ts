import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Clock, JobId } from '@netpulse/core'
import { asJobId, compileSchema } from '@netpulse/core'
import { storageError } from './errors.js'
import { safeFileName } from './file-name.js'
import { ownFolders } from './inside.js'
import { readJson, writeJson } from './json-file.js'
import { usingFolder } from './unavailable.js'
import { UploadMeter } from './upload-meter.js'

/** A file that a client has uploaded. */
export interface StagedFile {
  /** `sf_` and 32 hexadecimal digits. */
  readonly id: string
  /** Who uploaded it: an API key's id. */
  readonly owner: string
  /** As the client calls it, made safe. */
  readonly name: string
  readonly sizeBytes: number
  /** In hexadecimal. */
  readonly sha256: string
  /** It stays for its time, whatever jobs use it; otherwise it goes with the last of them. */
  readonly keep: boolean
  readonly stagedAt: Date
}

/** What comes in. */
export interface NewStagedFile {
  readonly owner: string
  readonly name: string
  /** @defaultValue false */
  readonly keep?: boolean
  /** Ends the upload; what was written is removed. */
  readonly signal?: AbortSignal
}

export interface StagedFilesOptions {
  /** The staging folder. */
  readonly folder: string
  readonly maxUploadBytes: number
  readonly clock: Clock
}

interface About extends Omit<StagedFile, 'id' | 'stagedAt'> {
  readonly stagedAt: string
}

const text = { type: 'string' }
const aboutSchema = compileSchema<About>({
  type: 'object',
  required: ['owner', 'name', 'sizeBytes', 'sha256', 'keep', 'stagedAt'],
  properties: {
    owner: text,
    name: text,
    sizeBytes: { type: 'integer' },
    sha256: text,
    keep: { type: 'boolean' },
    stagedAt: text,
  },
})

const idPattern = /^sf_[0-9a-f]{32}$/

/** A job that is to use a file, and since when. */
export interface JobOfFile {
  readonly job: JobId
  readonly since: Date
}

/**
 * Files that clients have uploaded: `uploads/<id>/content`, who and what in `about.json`, and below `jobs` an entry for
 * each job that is to use it. Names of clients are never names on the disk.
 */
export class StagedFiles {
  readonly #folder: string
  readonly #options: StagedFilesOptions

  constructor(options: StagedFilesOptions) {
    this.#options = options
    this.#folder = join(options.folder, ownFolders.uploads)
  }

  /**
   * Takes a file in, as fast as the disk does. What breaks off leaves nothing.
   * @throws FILE_TOO_LARGE, STORAGE_UNAVAILABLE; the signal's reason; what the source throws
   */
  async stage(source: AsyncIterable<Uint8Array>, file: NewStagedFile): Promise<StagedFile> {
    const id = `sf_${randomBytes(16).toString('hex')}`
    const { owner, name, keep = false, signal } = file
    const folder = this.#folderOf(id)
    const meter = new UploadMeter(this.#options.maxUploadBytes)
    try {
      return await usingFolder(async () => {
        await mkdir(join(folder, 'jobs'), { recursive: true, mode: 0o700 })
        const target = createWriteStream(this.contentOf(id), { mode: 0o600, flush: true })
        await pipeline(source, meter, target, signal === undefined ? {} : { signal })
        const staged = {
          owner,
          name: safeFileName(name),
          sizeBytes: meter.sizeBytes,
          sha256: meter.digest(),
          keep,
          stagedAt: this.#options.clock.now(),
        }
        await writeJson(join(folder, 'about.json'), { ...staged, stagedAt: staged.stagedAt.toISOString() })
        return { id, ...staged }
      })
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw signal?.aborted === true ? signal.reason : error
    }
  }

  /** `undefined` when there is none, whoever asks. */
  async find(id: string): Promise<StagedFile | undefined> {
    if (!idPattern.test(id)) return undefined
    const about = await usingFolder(() => readJson(join(this.#folderOf(id), 'about.json'), aboutSchema))
    return about === undefined ? undefined : { id, ...about, stagedAt: new Date(about.stagedAt) }
  }

  /**
   * The file, for who uploaded it. For all others it is not there, so that nobody learns that it exists.
   * @throws STAGED_FILE_UNKNOWN
   */
  async get(id: string, owner: string): Promise<StagedFile> {
    const file = await this.find(id)
    if (file === undefined || file.owner !== owner) throw unknown()
    return file
  }

  /** Absolute path of what was uploaded. */
  contentOf(id: string): string {
    return join(this.#folderOf(id), 'content')
  }

  /** From here on the file waits for the job. @throws STAGED_FILE_UNKNOWN when it is gone */
  async bind(id: string, job: JobId): Promise<void> {
    try {
      await writeFile(this.#entryOf(id, job), this.#options.clock.now().toISOString(), { mode: 0o600 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw unknown()
      throw error
    }
  }

  /** The job has ended, or never was. A file that was uploaded for jobs alone goes with the last of them. */
  async release(id: string, job: JobId): Promise<void> {
    await rm(this.#entryOf(id, job), { force: true })
    const file = await this.find(id)
    if (file?.keep === false && (await this.jobsOf(id)).length === 0) await this.remove(id)
  }

  /** Jobs that wait for the file, or run with it. */
  async jobsOf(id: string): Promise<readonly JobOfFile[]> {
    const names = await entriesOf(join(this.#folderOf(id), 'jobs'))
    const entries = names.map(async (name): Promise<JobOfFile | undefined> => {
      const since = await readFile(this.#entryOf(id, name), 'utf8').catch(() => undefined) // ended meanwhile
      return since === undefined ? undefined : { job: asJobId(name), since: new Date(since) }
    })
    return (await Promise.all(entries)).filter((entry) => entry !== undefined)
  }

  /** Its owner needs it no more: it goes at once, or with the last of its jobs. */
  async dismiss(id: string): Promise<void> {
    if ((await this.jobsOf(id)).length === 0) return this.remove(id)
    const path = join(this.#folderOf(id), 'about.json')
    const about = await readJson(path, aboutSchema)
    if (about !== undefined) await writeJson(path, { ...about, keep: false })
  }

  async remove(id: string): Promise<void> {
    await rm(this.#folderOf(id), { recursive: true, force: true })
  }

  /** Ids of all that is there, uploads that still run or broke off with their process included. */
  async ids(): Promise<readonly string[]> {
    return (await entriesOf(this.#folder)).filter((name) => idPattern.test(name))
  }

  /** When the last byte of an upload came; `undefined` when nothing did. */
  async lastByteAt(id: string): Promise<Date | undefined> {
    const found = await stat(this.contentOf(id)).catch(() => stat(this.#folderOf(id)).catch(() => undefined))
    return found?.mtime
  }

  #folderOf(id: string): string {
    return join(this.#folder, id)
  }

  #entryOf(id: string, job: string): string {
    return join(this.#folderOf(id), 'jobs', job)
  }
}

const unknown = (): Error =>
  storageError('STAGED_FILE_UNKNOWN', 'No file of yours has this id. Upload it again; it may have been too old.')

/** Names in a folder; of one that is not there, none. */
export async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
