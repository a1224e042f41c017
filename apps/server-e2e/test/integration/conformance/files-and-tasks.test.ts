import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileTransfer, JobId } from '@netpulse/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderDriverPackage, installFolderDriver } from '../../../../../tools/test/folder-driver.mjs'
import type { TaskBox } from '../../../../../tools/test/task-box/box.mjs'
import { installTaskBox, startTaskBox, taskBoxPlugin } from '../../../../../tools/test/task-box/box.mjs'
import type { ErrorBody } from '../../support/reference-server.js'
import { isOfType, ReferenceServer } from '../../support/reference-server.js'

/** One field of `file_transfer`: values that are taken, and those that are refused with the path of the error. */
interface FieldRow {
  readonly field: string
  readonly taken: readonly unknown[]
  readonly refused: readonly unknown[]
}

const flags = ['overwrite', 'resume', 'recursive', 'verify_file', 'execute_after_upload', 'cleanup_after_exec']

const rows: readonly FieldRow[] = [
  { field: 'operation', taken: ['download'], refused: ['move', '', null, 1] },
  { field: 'remote_path', taken: ['/etc/hostname'], refused: ['', null, 5] },
  { field: 'local_path', taken: [null, 'backups/hostname'], refused: ['', 5] },
  { field: 'sync_mode', taken: ['full', 'hash', null], refused: ['size', 1] },
  { field: 'hash_algorithm', taken: ['md5', 'sha256', null], refused: ['crc32', 5] },
  { field: 'chunk_size', taken: [512, 32_768, null], refused: [0, -1, 1.5, '32768'] },
  { field: 'chmod', taken: [null], refused: ['rwx', '99999', 755] },
  { field: 'execute_command', taken: [null], refused: ['', 5] },
  ...flags.map((field) => ({ field, taken: [false, null], refused: ['yes', 1] })),
]

const each = rows.flatMap(({ field, taken, refused }) => [
  ...taken.map((value) => ({ field, value, verb: 'takes', shown: JSON.stringify(value) })),
  ...refused.map((value) => ({ field, value, verb: 'refuses', shown: JSON.stringify(value) })),
])

const defaults: readonly {
  readonly name: string
  readonly of: (transfer: FileTransfer) => unknown
  readonly is: unknown
}[] = [
  { name: 'overwrite', of: ({ options }) => options.overwrite, is: true },
  { name: 'resume', of: ({ options }) => options.resume, is: false },
  { name: 'recursive', of: ({ options }) => options.recursive, is: false },
  { name: 'sync_mode', of: ({ options }) => options.syncMode, is: 'full' },
  { name: 'hash_algorithm', of: ({ options }) => options.hashAlgorithm, is: 'md5' },
  { name: 'verify_file', of: ({ options }) => options.verify, is: true },
  { name: 'chunk_size', of: ({ options }) => options.chunkSizeBytes, is: 32_768 },
  { name: 'execute_after_upload', of: ({ execute }) => execute === undefined, is: true },
]

/** Fields of a task as it is listed (A.3). */
const taskFields: readonly (readonly [field: string, types: string])[] = [
  ['task_id', 'string'],
  ['command', 'array'],
  ['host', 'string'],
  ['driver', 'string'],
  ['status', 'string'],
  ['last_sync', 'string|null'],
  ['created_at', 'string|null'],
  ['push_interval', 'integer|null'],
  ['last_offset', 'integer|null'],
  ['connection_args', 'object'],
]

interface Job {
  readonly id: string
  readonly status: string
  readonly task_id: string | null
  readonly queue: string
  readonly result: {
    readonly retval: readonly { readonly download_url?: string; readonly metadata: Readonly<Record<string, unknown>> }[]
  }
}

describe('files and tasks of the reference, with drivers that can', () => {
  let reference: ReferenceServer
  let box: TaskBox
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'np-reference-'))
    await mkdir(join(folder, 'device/etc'), { recursive: true })
    await writeFile(join(folder, 'device/etc/hostname'), 'box\n')
    await installFolderDriver(folder)
    installTaskBox(folder)
    box = await startTaskBox()
    reference = await ReferenceServer.start({
      app_dir: folder,
      plugins: { [taskBoxPlugin]: {}, [folderDriverPackage]: {} },
      storage: { staging: join(folder, 'staging') },
    })
  })
  afterAll(async () => {
    await reference.stop()
    await box[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const transferOf = (fields: object): object => ({
    driver: 'folder',
    connection_args: { host: 'box', root: join(folder, 'device'), log: join(folder, 'device.log') },
    file_transfer: { operation: 'download', remote_path: '/etc/hostname', ...fields },
  })
  const taskOf = (fields: object = {}): object => ({
    driver: 'task-box',
    connection_args: { host: box.device.host, port: box.device.port, ...box.connection },
    ...fields,
  })
  const ended = async (body: object): Promise<Job> => {
    const { status, json } = await reference.ask<Job>('POST', '/device/exec?wait=30', body)
    expect([status, json.status], JSON.stringify(json)).toEqual([201, 'finished'])
    return json
  }

  it.each(each)('A.12: $verb $shown as file_transfer.$field', async ({ field, value, verb }) => {
    const { status, json } = await reference.ask<ErrorBody>('POST', '/device/exec', transferOf({ [field]: value }))
    if (verb === 'takes') return expect([status, json.errors], JSON.stringify(json)).toEqual([201, undefined])
    expect([status, json.code], JSON.stringify(json)).toEqual([422, 'INVALID_INPUT'])
    expect(json.errors?.map(({ path }) => path)).toContain(`file_transfer.${field}`)
  })

  it.each(defaults)('A.12: the default of $name is $is', async ({ of, is }) => {
    const { id } = await ended(transferOf({}))
    const { operation, executionTimeoutSeconds } = (await reference.server.netpulse.get(id as JobId)).request
    expect(executionTimeoutSeconds).toBe(3600)
    expect(operation.type === 'file_transfer' && of(operation.transfer)).toEqual(is)
  })

  it('A.3, A.6: tells of a download where it is and what was copied', async () => {
    const { result } = await ended(transferOf({}))
    const [answer] = result.retval
    expect(answer?.download_url).toMatch(/\/storage\/fetch\/dl_[^/]+\/hostname/)
    expect(answer?.metadata).toMatchObject({
      transferred_bytes: 4,
      transfer_success: true,
      md5_verified: true,
      remote_path: '/etc/hostname',
    })
  })

  it('A.11: a task has an id of twelve characters, in a queue of its device, and every field when it is listed', async () => {
    const job = await ended(taskOf({ command: 'echo one; sleep 300', detach: true }))
    expect(job.task_id).toMatch(/^.{12}$/)
    expect(job.queue).toBe(`HostQ_${box.device.host}`)
    const { json } = await reference.ask<readonly Readonly<Record<string, unknown>>[]>('GET', '/detached-tasks')
    const task = json.find(({ task_id: id }) => id === job.task_id)!
    for (const [field, types] of taskFields) expect([field, isOfType(task[field], types)]).toEqual([field, true])
    expect(JSON.stringify(task)).not.toContain(box.connection.password)
    const log = await reference.ask<Pick<Job['result'], never> & { result: Job['result']['retval'] }>(
      'GET',
      `/detached-tasks/${job.task_id}?offset=0`,
    )
    expect(log.json.result[0]?.metadata).toMatchObject({ task_id: job.task_id, is_running: true, completed: false })
    expect(isOfType(log.json.result[0]?.metadata['next_offset'], 'integer')).toBe(true)
    const found = await reference.ask<Readonly<Record<string, unknown>>>('POST', '/detached-tasks/discover', taskOf())
    expect([found.status, isOfType(found.json['discovered'], 'integer')], JSON.stringify(found.json)).toEqual([
      200,
      true,
    ])
    expect([isOfType(found.json['synced_off'], 'integer'), isOfType(found.json['tasks'], 'array')]).toEqual([
      true,
      true,
    ])
    const killed = await reference.ask('DELETE', `/detached-tasks/${job.task_id}`)
    expect(killed.json).toEqual({ status: 'killed', task_id: job.task_id })
    expect((await reference.ask('DELETE', '/detached-tasks')).json).toEqual({
      status: 'cleared',
      count: expect.any(Number),
    })
  })

  it.each([1, 3600])('A.2: takes %i as push_interval of a task', async (seconds) => {
    const { task_id: id } = await ended(taskOf({ command: 'echo one', detach: true, push_interval: seconds }))
    const { json } = await reference.ask<readonly { task_id: string; push_interval: number }[]>(
      'GET',
      '/detached-tasks',
    )
    expect(json.find(({ task_id: one }) => one === id)?.push_interval).toBe(seconds)
  })
})
