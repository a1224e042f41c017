import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job } from '@netpulse/client'
import type { RunningServer } from '@netpulse/server'
import { startServer } from '@netpulse/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderDriverPackage, installFolderDriver } from '../../../../tools/test/folder-driver.mjs'
import { runNetpulse } from '../support/netpulse-program.js'

const content = randomBytes(100_000)

let folder: string
let device: string
let server: RunningServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'np-cli-files-'))
  device = join(folder, 'device')
  await mkdir(device)
  await mkdir(join(folder, 'here'))
  await writeFile(join(folder, 'here/image.bin'), content)
  await installFolderDriver(folder)
  server = await startServer({
    store: 'memory:',
    app_dir: folder,
    plugins: { [folderDriverPackage]: {} },
    server: { port: 0 },
    worker: { drain_timeout: 0 },
    log: { level: 'error' },
  })
})

afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const args = () => [`root=${device}`, `log=${join(folder, 'log')}`].flatMap((pair) => ['--connection-arg', pair])

const run = (...words: readonly string[]) =>
  runNetpulse([...words, '--driver', 'folder', ...args()], {
    cwd: join(folder, 'here'),
    env: { NETPULSE_URL: server.url, NETPULSE_API_KEY: server.newKey!, NETPULSE_DEVICE_PASSWORD: 'canary-password' },
  })

describe('netpulse upload and download', () => {
  it('send a file, with a name of its own, and say how much went over', async () => {
    const ran = await run('upload', 'admin@box', 'image.bin', '/flash/', '--chmod', '0700')
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: '/flash/, 97.7 KiB\n', stderr: '' })
    expect(await readFile(join(device, 'flash/image.bin'))).toEqual(content)
  })

  it('run a command afterwards', async () => {
    const ran = await run('upload', 'box', 'image.bin', '/x', '--execute', 'sh refused', '--json')
    expect(ran.code).toBe(1)
    const { result } = JSON.parse(ran.stdout) as Job
    expect(result!.retval!.map(({ command }) => command)).toEqual(['upload /x', 'sh refused'])
    expect(ran.stderr).toContain('exit status 3')
  })

  it('send a file to the devices of a list', async () => {
    await writeFile(join(folder, 'here/devices.csv'), 'IP,Username,Password\nbox1,u,p\nbox1,u,p\n')
    const ran = await run('upload', 'devices.csv', 'image.bin', '/list/', '--yes', '--json')
    expect(ran.code, ran.stderr).toBe(0)
    expect((JSON.parse(ran.stdout) as unknown[]).length).toBe(2)
    expect(await readFile(join(device, 'list/image.bin'))).toEqual(content)
  })

  it('fetch a file into a folder, and leave nothing of one that is not there', async () => {
    await writeFile(join(device, 'startup-config'), content)
    await mkdir(join(folder, 'here/backup'))
    const ran = await run('download', 'box', '/startup-config', 'backup')
    expect(ran, ran.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toBe(`${join(folder, 'here/backup/startup-config')}, 97.7 KiB\n`)
    expect(await readFile(join(folder, 'here/backup/startup-config'))).toEqual(content)
    const missing = await run('download', 'box', '/missing', 'backup')
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('No such file')
    const kept = await run('download', 'box', '/startup-config', 'backup', '--no-overwrite')
    expect(kept.code).toBe(2)
    expect(await readdir(join(folder, 'here/backup'))).toEqual(['startup-config'])
  })

  it('say what they cannot do', async () => {
    expect((await run('upload', 'box', 'nothing.bin', '/x')).stderr).toContain('cannot be read: ENOENT')
    const list = await run('download', 'devices.csv', '/x')
    expect([list.code, list.stderr]).toEqual([2, expect.stringContaining('one device')])
  })
})
