import type { JobRecord } from '@netpulse/core'
import { webhookPayload } from '@netpulse/webhooks'
import { describe, expect, it } from 'vitest'

const metadata = { host: 'r1', durationSeconds: 1, sessionReused: false, transferredBytes: 12 }
const results = ['dl_1/f', undefined].map((id) => ({
  command: 'download /f',
  stdout: '',
  stderr: '',
  exitStatus: 0,
  failure: null,
  metadata,
  ...(id === undefined ? {} : { file: { id, sizeBytes: 12 } }),
}))
const options = {
  overwrite: true,
  resume: false,
  recursive: false,
  syncMode: 'full',
  hashAlgorithm: 'md5',
  verify: true,
  chunkSizeBytes: 1024,
} as const
const job = {
  id: '1',
  status: 'finished',
  outcome: 'succeeded',
  request: {
    device: { id: 'r1', host: 'r1', port: 22 },
    operation: {
      type: 'file_transfer',
      transfer: { direction: 'download', remotePath: '/f', place: { type: 'fetchable', name: 'f' }, options },
    },
  },
  result: { results },
} as unknown as JobRecord
const ended = { event: 'job.completed', at: new Date(0) } as const

describe('the payload of a job that brought a file', () => {
  const urlsIn = (payload: ReturnType<typeof webhookPayload>) =>
    (payload['result'] as { retval: { download_url: unknown }[] }).retval.map(({ download_url: url }) => url)

  it('says what was copied, and where it can be fetched', () => {
    const payload = webhookPayload(ended, job, (id) => `https://np.example/${id}`)
    expect(payload['command']).toEqual(['download /f'])
    expect(urlsIn(payload)).toEqual(['https://np.example/dl_1/f', null])
  })

  it('names no URL where nobody knows the address of the server', () => {
    expect(urlsIn(webhookPayload(ended, job))).toEqual([null, null])
  })
})
