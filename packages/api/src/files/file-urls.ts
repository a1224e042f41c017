import type { Clock } from '@netpulse/core'
import type { Storage } from '@netpulse/storage'
import type { UrlOfFile } from '@netpulse/webhooks'
import type { FastifyRequest } from 'fastify'
import { principalOf } from '../authentication.js'
import { hasScope } from '../principal.js'

export interface FileUrlOptions {
  readonly storage: Storage | undefined
  /** Where clients reach the API, with its prefix. @defaultValue where the request went */
  readonly externalUrl: string | undefined
  /** Path below which the API stands. */
  readonly prefix: string
  readonly clock: Clock
}

/** Makes `download_url` of jobs for who asks. */
export type FileUrlsFor = (request: FastifyRequest) => UrlOfFile

/**
 * A link opens the file to whoever has it, so that only those get one who may fetch the file; all others get an address
 * that needs a key.
 */
export function fileUrls({ storage, externalUrl, prefix, clock }: FileUrlOptions): FileUrlsFor {
  if (storage === undefined) return () => () => null
  return (request) => {
    const base = externalUrl ?? `${request.protocol}://${request.host}${prefix}`
    const mayFetch = hasScope(principalOf(request), 'file:read')
    return (fileId) => storage.urlOf(fileId, { base, ...(mayFetch ? { from: clock.now() } : {}) })
  }
}
