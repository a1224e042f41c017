import { defineErrors } from '@netpulse/core'

/** What may go wrong with files in the staging folder. */
export const storageError = defineErrors({
  STORAGE_UNAVAILABLE: {
    kind: 'unavailable',
    summary:
      'The staging folder (`storage.staging`) cannot be made, read or written: rights, a full disk, a share that is not there.',
  },
  STORAGE_NOT_SHARED: {
    kind: 'invalid',
    summary:
      'Servers and workers on Redis need one staging folder that all of them see: set `storage.staging` to a shared folder, the same everywhere.',
  },
  FILE_TOO_LARGE: {
    kind: 'invalid',
    summary: 'The file is longer than the server takes (`storage.max_upload`). Nothing of it was kept.',
  },
  STAGED_FILE_UNKNOWN: {
    kind: 'invalid',
    summary:
      'The caller has uploaded no file with this id, or it is gone: with the end of its job, or by age (`storage.retention_hours`). Upload it again.',
  },
  STORED_FILE_UNKNOWN: {
    kind: 'not-found',
    summary: 'No file has this id, or it is older than `storage.retention_hours`. Run the job again.',
  },
  PATH_DENIED: {
    kind: 'denied',
    summary: 'The path leads out of the staging folder, or into the part of it that is not for paths.',
  },
  LINK_INVALID: { kind: 'denied', summary: 'The link was not made by this deployment for this file.' },
  LINK_EXPIRED: {
    kind: 'denied',
    summary: 'The time of the link is over (`storage.link_ttl`). Read the job again for a new one, or use an API key.',
  },
})
