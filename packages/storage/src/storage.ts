import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock, JobId, Logger } from '@netpulse/core'
import { FetchableFiles } from './fetchable-files.js'
import { pathInside, realInside } from './inside.js'
import type { FileLink, LinkKeys } from './link-signer.js'
import { LinkSigner } from './link-signer.js'
import { StagedFiles } from './staged-files.js'
import type { JobStage } from './sweeper.js'
import { Sweeper } from './sweeper.js'

export interface StorageOptions {
  /** The staging folder; made when the first file comes. */
  readonly folder: string
  /** Remove the folder at `close`: it is this process's own. */
  readonly temporary: boolean
  readonly retentionSeconds: number
  readonly maxUploadBytes: number
  readonly linkTtlSeconds: number
  readonly keys: LinkKeys
  readonly stageOf: (job: JobId) => Promise<JobStage>
  readonly clock: Clock
  readonly log: Logger
}

/** The staging folder and everything in it. */
export class Storage {
  readonly staged: StagedFiles
  readonly fetchable: FetchableFiles
  readonly maxUploadBytes: number
  readonly retentionSeconds: number
  readonly #folder: string
  readonly #links: LinkSigner
  readonly #sweeper: Sweeper
  readonly #options: StorageOptions

  constructor(options: StorageOptions) {
    const { clock, log, keys, maxUploadBytes, retentionSeconds, stageOf } = options
    this.#options = options
    this.#folder = resolve(options.folder)
    const folder = this.#folder
    this.maxUploadBytes = maxUploadBytes
    this.retentionSeconds = retentionSeconds
    this.staged = new StagedFiles({ folder, maxUploadBytes, clock })
    this.fetchable = new FetchableFiles({ folder, clock })
    this.#links = new LinkSigner(keys, clock)
    const parts = { staged: this.staged, fetchable: this.fetchable, stageOf, clock, log }
    this.#sweeper = new Sweeper({ ...parts, retentionMs: retentionSeconds * 1000 })
  }

  /** Removes old files from here on. */
  start(): void {
    this.#sweeper.start()
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#sweeper.stop()
    if (this.#options.temporary) await rm(this.#folder, { recursive: true, force: true })
  }

  /** Removes what is old now. @throws STORAGE_UNAVAILABLE */
  sweep(): Promise<void> {
    return this.#sweeper.sweep()
  }

  /** A client's path as one below the staging folder, with `/`; the disk is not looked at. @throws PATH_DENIED */
  pathInside(path: string): string {
    return pathInside(this.#folder, path)
  }

  /** Where such a path leads on the disk. Absolute. @throws PATH_DENIED when a link leads out */
  realPath(path: string): Promise<string> {
    return realInside(this.#folder, pathInside(this.#folder, path))
  }

  /** A link to a file for as long as links hold, counted from the instant. */
  linkTo(fileId: string, from: Date): FileLink {
    return this.#links.sign(fileId, new Date(from.getTime() + this.#options.linkTtlSeconds * 1000))
  }

  /** Where a client fetches a file below the API's address; with `from`, by a link that holds from then on. */
  urlOf(fileId: string, { base, from }: { readonly base: string; readonly from?: Date }): string {
    const path = fileId.split('/').map(encodeURIComponent).join('/')
    const url = `${base.replace(/\/+$/, '')}/storage/fetch/${path}`
    if (from === undefined) return url
    const { expires, signature } = this.linkTo(fileId, from)
    return `${url}?${new URLSearchParams({ expires: String(expires), signature }).toString()}`
  }

  /** @throws LINK_INVALID, LINK_EXPIRED */
  assertLink(fileId: string, link: FileLink): void {
    this.#links.assertValid(fileId, link)
  }
}
