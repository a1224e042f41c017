import { symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { JobId, JobRecord } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FilesApi } from '../support/files-api.js'
import { startFilesApi } from '../support/files-api.js'

const connectionArgs = { host: '192.0.2.1' }
const download = {
  driver: 'echo',
  connection_args: connectionArgs,
  file_transfer: { operation: 'download', remote_path: '/c' },
}

let at: FilesApi

beforeEach(async () => {
  at = await startFilesApi()
})

afterEach(() => at.stop())

const get = (url: string, headers: Record<string, string> = {}) => at.api.app.inject({ method: 'GET', url, headers })
const asOperator = { 'x-api-key': 'key-of-operator' }

describe('files of jobs', () => {
  const content = 'hostname r1\n'
  let job: JobRecord
  let id: string

  beforeEach(async () => {
    await at.api.send('POST', '/device/exec', download, asOperator)
    const [accepted] = [...at.api.netpulse.jobs.values()]
    job = accepted!
    await writeFile(join(await at.storage.fetchable.folderFor(job.id), 'r1 ü.cfg'), content)
    await at.storage.fetchable.publish(job)
    id = at.storage.fetchable.idOf(job.id, 'r1 ü.cfg')
    const metadata = { host: 'r1', durationSeconds: 1, sessionReused: false }
    const result = {
      command: 'x',
      stdout: '',
      stderr: '',
      exitStatus: 0,
      failure: null,
      metadata,
      file: { id, sizeBytes: 12 },
    }
    at.api.netpulse.change(job.id, { status: 'finished', outcome: 'succeeded', result: { results: [result] } })
  })

  async function linkFor(key: string): Promise<string> {
    const answer = await at.api.send('GET', `/jobs/${job.id}`, undefined, { 'x-api-key': key })
    return answer.json<{ result: { retval: { download_url: string }[] } }>().result.retval[0]!.download_url
  }

  const localOf = (url: string): string => url.replace('https://np.example/api', '')

  it('open by the link of the result, without a key, to be saved and not shown', async () => {
    const url = await linkFor('key-of-operator')
    expect(url).toMatch(
      /^https:\/\/np\.example\/api\/storage\/fetch\/dl_[\w-]+\/r1%20%C3%BC\.cfg\?expires=\d+&signature=/,
    )
    const answer = await get(localOf(url))
    expect([answer.statusCode, answer.body]).toEqual([200, content])
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '12',
      'content-disposition': `attachment; filename="r1 _.cfg"; filename*=UTF-8''r1%20%C3%BC.cfg`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
  })

  it('give no link to a key that may not fetch files', async () => {
    expect(await linkFor('key-of-viewer')).not.toContain('signature')
  })

  it('open to a key that may fetch files and sees the job', async () => {
    const path = localOf(await linkFor('key-of-viewer'))
    expect((await get(path, asOperator)).body).toBe(content)
    expect((await get(path, { 'x-api-key': 'key-of-viewer' })).json()).toMatchObject({ code: 'ROLE_TOO_LOW' })
    expect((await get(path)).statusCode).toBe(403)
    const stranger = await at.api.keys.create({ name: 's', role: 'operator', devices: [{ host: 'other' }] })
    expect((await get(path, { 'x-api-key': stranger.key })).json()).toMatchObject({ code: 'STORED_FILE_UNKNOWN' })
  })

  it('open by no link that was changed, is of another file, or has run out', async () => {
    const url = new URL(await linkFor('key-of-operator'))
    const path = url.pathname.replace('/api', '')
    const expires = Number(url.searchParams.get('expires'))
    const signature = url.searchParams.get('signature')!
    await writeFile(join(await at.storage.fetchable.folderFor(job.id), 'other'), 'x')
    const link = (to: string, until: number, by: string) => `${to}?expires=${until}&signature=${encodeURIComponent(by)}`
    const wrong = [
      link(path, expires + 1, signature),
      link(path, expires, `${signature.slice(0, -1)}${signature.endsWith('A') ? 'B' : 'A'}`),
      link(path, expires, signature.replace('k1.', 'k2.')),
      link(path, expires, ''),
      link(path.replace(/[^/]+$/, 'other'), expires, signature),
    ]
    for (const one of wrong) expect((await get(one)).json(), one).toMatchObject({ code: 'LINK_INVALID' })
    await at.clock.advance(59_000)
    expect((await get(link(path, expires, signature))).statusCode).toBe(200)
    await at.clock.advance(2_000)
    const late = await get(link(path, expires, signature))
    expect([late.statusCode, late.json<{ code: string }>().code]).toEqual([403, 'LINK_EXPIRED'])
  })

  it.each([
    { range: 'bytes=0-3', status: 206, body: 'host', part: 'bytes 0-3/12' },
    { range: 'bytes=9-', status: 206, body: 'r1\n', part: 'bytes 9-11/12' },
    { range: 'bytes=-3', status: 206, body: 'r1\n', part: 'bytes 9-11/12' },
    { range: 'bytes=4-400', status: 206, body: 'name r1\n', part: 'bytes 4-11/12' },
    { range: 'bytes=0-1,3-4', status: 200, body: content, part: undefined },
    { range: 'lines=1-2', status: 200, body: content, part: undefined },
    { range: 'bytes=12-', status: 416, body: undefined, part: 'bytes */12' },
  ])('give $range', async ({ range, status, body, part }) => {
    const answer = await get(localOf(await linkFor('key-of-operator')), { range })
    expect([answer.statusCode, answer.headers['content-range']]).toEqual([status, part])
    if (body !== undefined) expect(answer.body).toBe(body)
  })

  it.each([
    { name: 'a way up', path: '../secret', status: 403 },
    { name: 'a way up, encoded', path: '..%2fsecret', status: 403 },
    { name: 'a way up within the job', path: 'JOB/../../secret', status: 403 },
    { name: 'a way up to the uploads', path: 'JOB%2f..%2f..%2fuploads%2fx', status: 403 },
    { name: 'a way up, encoded twice', path: '..%252fsecret', status: 404 },
    { name: 'a backslash', path: 'JOB%5c..%5c..%5csecret', status: 403 },
    { name: 'a NUL', path: 'JOB/r1%00', status: 403 },
    { name: 'an absolute path', path: '%2fetc%2fpasswd', status: 404 },
    { name: 'the folder of the job', path: 'JOB', status: 404 },
    { name: 'what is said of the job', path: 'JOB.json', status: 404 },
    { name: 'a name that is not there', path: 'JOB/nothing', status: 404 },
    { name: 'a link out of the folder', path: 'JOB/link', status: 403 },
    { name: 'nothing', path: '', status: 404 },
  ])('are not reached by $name', async ({ path, status }) => {
    await writeFile(join(at.folder, 'secret'), 'secret')
    await symlink(join(at.folder, 'secret'), join(await at.storage.fetchable.folderFor(job.id), 'link'))
    const answer = await rawGet(`/storage/fetch/${path.replace('JOB', `dl_${job.id}`)}`)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).not.toContain('\r\n\r\nsecret')
  })

  /** As it stands, which `inject` and `fetch` do not send. */
  async function rawGet(path: string): Promise<string> {
    if (!at.api.app.server.listening) await at.api.app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect({ host: '127.0.0.1', port: (at.api.app.server.address() as AddressInfo).port })
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-api-key: key-of-admin\r\nconnection: close\r\n\r\n`)
    return text(socket)
  }

  it('go with their time', async () => {
    await at.storage.sweep()
    expect((await get(localOf(await linkFor('key-of-operator')))).statusCode).toBe(200)
    await at.clock.advance(3_601_000)
    await at.storage.sweep()
    expect((await get(localOf(await linkFor('key-of-operator')))).json()).toMatchObject({ code: 'STORED_FILE_UNKNOWN' })
  })

  it('are told of in the jobs of lists', async () => {
    const answer = await at.api.get('/jobs')
    const [told] = answer.json<{ id: JobId; result: { retval: { download_url: string }[] } }[]>()
    expect(told!.result.retval[0]!.download_url).toContain('/storage/fetch/dl_')
  })
})
