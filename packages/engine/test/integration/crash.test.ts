import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JobId, JobRecord } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNetPulse } from '../../src/create-netpulse.js'
import type { NetPulse, NetPulseOptions, SubmitRequest } from '../../src/netpulse.js'

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url))
const secret = 'canary-pa55word'

let folder: string
let child: ChildProcess | undefined
let netpulse: NetPulse | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpulse-crash-'))
  const target = join(folder, 'node_modules/@acme/netpulse-driver-crash')
  await cp(join(fixtures, 'netpulse-driver-crash'), target, { recursive: true })
})

afterEach(async () => {
  await netpulse?.close()
  netpulse = undefined
  if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

const optionsWith = (hangAt: string): NetPulseOptions => ({
  store: join(folder, 'store'),
  appDir: folder,
  plugins: { '@acme/netpulse-driver-crash': { log: join(folder, 'inputs.log'), hangAt } },
})

const request = (more: Partial<SubmitRequest>, candidate = false): SubmitRequest => ({
  driver: 'crash',
  connectionArgs: { host: 'r1', password: secret, candidate },
  ...more,
})

/** Submits in another process, waits until its device hangs and answers of the first job are stored, and kills it. */
async function crash(hangAt: string, requests: readonly SubmitRequest[], answers = 0): Promise<readonly JobId[]> {
  child = fork(join(fixtures, 'crash-child.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const told = new Promise<readonly JobId[]>((resolve, reject) => {
    let ids: readonly JobId[] | undefined
    let hangs = false
    let stored = 0
    child!.once('exit', () => reject(new Error('the child ended by itself')))
    child!.on('message', (message: { ids?: readonly JobId[]; hangs?: string; event?: string }) => {
      ids ??= message.ids
      hangs ||= message.hangs !== undefined
      if (message.event === 'line') stored += 1
      if (ids !== undefined && hangs && stored >= answers) resolve(ids)
    })
  })
  child.send({ options: optionsWith(hangAt), requests })
  const ids = await told
  child.removeAllListeners('exit')
  child.kill('SIGKILL')
  await once(child, 'exit')
  return ids
}

async function restart(): Promise<NetPulse> {
  netpulse = await createNetPulse(optionsWith(''))
  return netpulse
}

const inputs = async (): Promise<string[]> =>
  (await readFile(join(folder, 'inputs.log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.replace('r1 ', ''))

const sent = async (line: string): Promise<number> => (await inputs()).filter((one) => one === line).length

describe('kill -9 while a config push is under way', () => {
  it.each([
    { name: 'entering config mode', hangAt: 'enter', candidate: false, applied: [0, 0, 0] },
    { name: 'at a line', hangAt: 'line b', candidate: false, applied: [1, 1, 0] },
    { name: 'at a line of a candidate', hangAt: 'line b', candidate: true, applied: [1, 1, 0] },
    { name: 'at the commit', hangAt: 'commit', candidate: true, applied: [1, 1, 1] },
  ])('$name: its outcome is unknown, nothing is sent again, later changes wait', async (row) => {
    const ids = await crash(row.hangAt, [
      request({ config: 'line a\nline b\nline c' }, row.candidate),
      request({ config: 'line d' }, row.candidate),
      request({ command: 'show x' }, row.candidate),
    ])
    const again = await restart()
    const [push, later, query] = await Promise.all([again.wait(ids[0]!), again.get(ids[1]!), again.wait(ids[2]!)])
    expect(push).toMatchObject({ status: 'failed', outcome: 'unknown', result: { error: { code: 'CONTACT_LOST' } } })
    expect(query).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(later.status).toBe('queued')
    expect(await again.holds()).toMatchObject([{ device: 'r1' }])
    expect(await Promise.all(['line a', 'line b', 'line c'].map(sent))).toEqual(row.applied)
    expect(await sent('line d')).toBe(0)
    await again.releaseHold(later.deviceId)
    expect((await again.wait(later.id)).outcome).toBe('succeeded')
    expect(await Promise.all(['line a', 'line b', 'line c', 'line d'].map(sent))).toEqual([...row.applied, 1])
  })

  it('says which lines had been answered', async () => {
    const [id] = await crash('line c', [request({ config: 'line a\nline b\nline c' })], 2)
    const push = await (await restart()).wait(id!)
    expect(push.result!.results.map(({ command }) => command)).toEqual(['line a', 'line b'])
  })
})

describe('kill -9 before anything was sent', () => {
  it.each([
    { name: 'a config push', more: { config: 'line a' }, line: 'line a' },
    { name: 'an opaque command', more: { command: 'clear counters' }, line: 'clear counters' },
    { name: 'a query', more: { command: 'show x' }, line: 'show x' },
    { name: 'a query with its own connection', more: { command: 'show x', queueStrategy: 'fifo' }, line: 'show x' },
  ] as const)('$name runs after the restart, once', async ({ more, line }) => {
    const ids = await crash('open', [request(more), request({ command: 'show later' })])
    const again = await restart()
    const [job, later] = await Promise.all(ids.map((id) => again.wait(id)))
    expect(job).toMatchObject({ status: 'finished', outcome: 'succeeded', attempt: 2 })
    expect(later).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(await sent(line)).toBe(1)
  })
})

describe('kill -9 at a command', () => {
  it('a query runs again', async () => {
    const [id] = await crash('show x', [request({ command: 'show x' })])
    expect(await (await restart()).wait(id!)).toMatchObject({ outcome: 'succeeded', attempt: 2 })
  })

  it('an opaque command is not sent again', async () => {
    const [id] = await crash('clear counters', [request({ command: 'clear counters' })])
    expect(await (await restart()).wait(id!)).toMatchObject({ status: 'failed', outcome: 'unknown' })
    expect(await sent('clear counters')).toBe(1)
  })
})

describe('the store', () => {
  it('loses no accepted job, keeps its node, and shows no secret', async () => {
    const many = Array.from({ length: 50 }, (_, index) => request({ command: `show ${index}` }))
    const ids = await crash('show 0', many)
    const again = await restart()
    const jobs: JobRecord[] = await Promise.all(ids.map((id) => again.wait(id)))
    expect(jobs.every(({ outcome }) => outcome === 'succeeded')).toBe(true)
    expect((await inputs()).filter((input) => input.startsWith('show'))).toHaveLength(51)
    const [worker] = await again.workers()
    await again.close()
    const third = await restart()
    expect((await third.workers())[0]!.node.node).toBe(worker!.node.node)
    await third.close()
    for (const name of await readdir(join(folder, 'store'))) {
      expect((await readFile(join(folder, 'store', name))).includes(secret)).toBe(false)
    }
    expect((await stat(join(folder, 'store'))).mode & 0o077).toBe(0)
    expect((await stat(join(folder, 'store/keyring.json'))).mode & 0o077).toBe(0)
  })
})
