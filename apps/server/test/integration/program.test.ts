import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startSimulator } from '@netpulse/simulator'
import { describe, expect, it } from 'vitest'
import { runProgram, startProgram, temporaryFolder } from '../support/server-process.js'

interface Job {
  readonly id: string
  readonly status: string
  readonly outcome: string
  readonly result: { readonly retval: { readonly stdout: string }[] }
}

describe('the program netpulse-server', { timeout: 60_000 }, () => {
  it('prints a curl line with --demo that works when pasted', async () => {
    await using folder = await temporaryFolder()
    await using server = await startProgram(['--demo', '2'], { cwd: folder.path })
    const { stdout } = await promisify(execFile)('bash', ['-c', server.curl])
    const job = JSON.parse(stdout) as Job
    expect([job.status, job.outcome]).toEqual(['finished', 'succeeded'])
    expect(job.result.retval[0]?.stdout).toMatch(/IOS/)
    expect((await fetch(`${server.url}/docs`)).status).toBe(200)
    server.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ code: 0, signal: null })
  })

  it('makes a key at the first start only, and keeps it', async () => {
    await using folder = await temporaryFolder()
    const options = { cwd: folder.path }
    const first = await startProgram([], options)
    expect(first.key).toMatch(/^np_/)
    expect((await first.request('GET', '/health')).json).toEqual({ status: 'ok' })
    first.kill('SIGINT')
    expect(await first.ended).toMatchObject({ code: 0 })
    await using second = await startProgram([], options)
    expect(second.key).toBe('')
    expect(second.curl).toContain('$NETPULSE_API_KEY')
    expect((await second.request('GET', '/health', undefined, first.key)).status).toBe(200)
    const log = first.output.stderr + second.output.stderr
    expect(log).toContain('Listening')
    expect(log).not.toContain(first.key)
  })

  it('keeps ended and waiting jobs over kill -9, and runs the waiting ones', async () => {
    await using folder = await temporaryFolder()
    await using devices = await startSimulator({
      devices: [{ name: 'r1', platform: 'cisco_iosxe', thinkTimeMs: 50 }],
    })
    const { host, port, username, password } = devices.device('r1')
    const request = {
      driver: 'cli',
      connection_args: { device_type: 'cisco_iosxe', host, port, username, password },
      command: 'show clock',
    }
    const first = await startProgram([], { cwd: folder.path })
    const done = await first.request('POST', '/device/exec?wait=20', request)
    expect(done.json).toMatchObject({ status: 'finished' })
    const waiting: string[] = []
    for (let index = 0; index < 20; index++) {
      const accepted = await first.request('POST', '/device/exec', request)
      expect(accepted.status).toBe(201)
      waiting.push(String(accepted.json['id']))
    }
    first.kill('SIGKILL')
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' })
    await using second = await startProgram([], { cwd: folder.path })
    const read = (id: string) => second.request('GET', `/jobs/${id}?wait=20`, undefined, first.key)
    expect((await read(String(done.json['id']))).json).toEqual(done.json)
    for (const id of waiting) expect((await read(id)).json).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('lets a running job end when it is stopped', async () => {
    await using folder = await temporaryFolder()
    await using devices = await startSimulator({
      devices: [{ name: 'r1', platform: 'cisco_iosxe', thinkTimeMs: 300 }],
    })
    const { host, port, username, password } = devices.device('r1')
    const request = {
      driver: 'cli',
      connection_args: { device_type: 'cisco_iosxe', host, port, username, password },
      command: 'show clock',
    }
    const first = await startProgram([], { cwd: folder.path })
    const { json } = await first.request('POST', '/device/exec', request)
    await expect
      .poll(async () => (await first.request('GET', `/jobs/${String(json['id'])}`)).json['status'])
      .toBe('started')
    first.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0 })
    await using second = await startProgram([], { cwd: folder.path })
    const read = await second.request('GET', `/jobs/${String(json['id'])}`, undefined, first.key)
    expect(read.json).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('ends at once on a second signal', async () => {
    await using folder = await temporaryFolder()
    await using devices = await startSimulator({
      devices: [{ name: 'r1', platform: 'cisco_iosxe', thinkTimeMs: 20_000 }],
    })
    const { host, port, username, password } = devices.device('r1')
    await using server = await startProgram([], { cwd: folder.path })
    const { json } = await server.request('POST', '/device/exec', {
      driver: 'cli',
      connection_args: { device_type: 'cisco_iosxe', host, port, username, password },
      command: 'show clock',
    })
    await expect
      .poll(async () => (await server.request('GET', `/jobs/${String(json['id'])}`)).json['status'])
      .toBe('started')
    server.kill('SIGTERM')
    server.kill('SIGTERM') // npm passes on a Ctrl-C that the server has already: still the first signal
    await expect.poll(() => server.output.stderr).toContain('Stopping')
    expect(server.child.exitCode).toBeNull()
    const askAgain = () => {
      server.kill('SIGINT')
      return server.child.exitCode
    }
    await expect.poll(askAgain, { timeout: 5000 }).toBe(130)
  })

  it('says which port is in use', async () => {
    await using folder = await temporaryFolder()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await using program = runProgram(['--port', String(port)], { cwd: folder.path })
    const { code, stderr, stdout } = await program.ended
    other.close()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`netpulse-server: Port ${port} on 127.0.0.1 is in use. Choose another with --port`)
    expect(stderr).not.toContain('    at ')
  })

  it('refuses a second server on the same store', async () => {
    await using folder = await temporaryFolder()
    await using first = await startProgram([], { cwd: folder.path })
    await using second = runProgram(['--port', '0'], { cwd: folder.path })
    const { code, stderr } = await second.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^netpulse-server: /m)
    expect((await first.request('GET', '/health')).status).toBe(200)
  })

  const refused: readonly { name: string; args: string[]; env?: Record<string, string>; says: RegExp }[] = [
    { name: 'a misspelt flag', args: ['--prot', '1'], says: /Unknown flag --prot\. Did you mean --port\?/ },
    { name: 'a word', args: ['strat'], says: /Unknown command strat/ },
    {
      name: 'a wrong variable',
      args: [],
      env: { NETPULSE_SERVER__PROT: '1' },
      says: /NETPULSE_SERVER__PROT\): unknown key/,
    },
    { name: 'a file that is not there', args: ['--config', 'no.yaml'], says: /no\.yaml cannot be read/ },
    {
      name: 'a placeholder as key',
      args: ['--port', '0'],
      env: { NETPULSE_SERVER__API_KEY: 'MY_API_KEY' },
      says: /placeholder/,
    },
    { name: 'an empty key', args: ['--port', '0'], env: { NETPULSE_SERVER__API_KEY: '' }, says: /empty/ },
  ]
  it.each(refused)('ends with 2 for $name', async ({ args, env = {}, says }) => {
    await using folder = await temporaryFolder()
    await using program = runProgram(args, { cwd: folder.path, env })
    const { code, stderr, stdout } = await program.ended
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(says)
    expect(stderr).not.toContain('    at ')
  })

  it('takes a configured key, and then makes none', async () => {
    await using folder = await temporaryFolder()
    const key = 'correct-horse-battery-staple'
    await writeFile(join(folder.path, 'np.yaml'), `server:\n  api_key: ${key}\n  prefix: /net\n  api_key_name: X-Lab\n`)
    await using server = await startProgram(['--config', 'np.yaml', '--store', 'memory:'], { cwd: folder.path })
    expect(server.key).toBe('')
    expect(server.output.stdout).not.toContain(key)
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/net/health`, { headers })).status
    expect(await status({ 'x-lab': key })).toBe(200)
    expect(await status({ authorization: `Bearer ${key}` })).toBe(200)
    expect(await status({ 'x-lab': `${key}x` })).toBe(403)
  })

  it('makes keys with an end, scopes and devices, and gives them new secrets', async () => {
    await using folder = await temporaryFolder()
    await using server = await startProgram([], { cwd: folder.path })
    const keys = async (...args: string[]) => {
      await using program = runProgram(['keys', ...args], { cwd: folder.path })
      return await program.ended
    }
    const grants = ['--expires', '2099-01-01', '--scopes', 'query:run,job:read:own']
    const devices = ['--devices', 'cidr=192.0.2.0/24,site=lab;host=core-*']
    const added = await keys('add', '--name', 'ci', '--role', 'viewer', ...grants, ...devices)
    const first = added.stdout.trim()
    const id = first.slice(3, 11)
    const shown = (await server.request('GET', `/keys/${id}`)).json
    expect(shown).toMatchObject({
      expires_at: '2099-01-01T00:00:00.000Z',
      scopes: ['query:run', 'job:read:own'],
      devices: [{ cidr: '192.0.2.0/24', site: 'lab' }, { host: 'core-*' }],
    })
    const second = (await keys('rotate', id)).stdout.trim()
    expect(second.slice(3, 11)).toBe(id)
    const works = async (key: string) => (await server.request('GET', '/jobs', undefined, key)).status
    await expect.poll(() => works(second)).toBe(200)
    expect(await works(first)).toBe(403)
    for (const bad of [
      ['--scopes', 'query:rnu'],
      ['--devices', 'ip=1'],
      ['--devices', 'cidr=x'],
      ['--expires', 'soon'],
    ])
      expect(await keys('add', '--name', 'x', '--role', 'viewer', ...bad), bad.join(' ')).toMatchObject({
        code: 2,
        stdout: '',
      })
  })

  it('lists, adds and revokes keys beside a running server', async () => {
    await using folder = await temporaryFolder()
    const options = { cwd: folder.path }
    await using server = await startProgram([], options)
    const keys = async (...args: string[]) => {
      await using program = runProgram(['keys', ...args], options)
      return await program.ended
    }
    const added = await keys('add', '--name', 'ci', '--role', 'viewer')
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^np_\S+\n$/) as string })
    const key = added.stdout.trim()
    const status = async () => (await server.request('GET', '/jobs', undefined, key)).status
    await expect.poll(status, { timeout: 5000 }).toBe(200)
    const listed = await keys('list')
    expect(listed.stdout.trim().split('\n')).toHaveLength(2)
    expect(listed.stdout).not.toContain(key)
    expect(await keys('revoke', key.slice(3, 11))).toMatchObject({ code: 0, stdout: '' })
    await expect.poll(status, { timeout: 5000 }).toBe(403)
    expect(await keys('revoke', 'aaaaaaaa')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/No API key/) as string,
    })
    expect(await keys('add', '--name', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--role/) as string,
    })
  })

  it('shows its version and its usage', async () => {
    await using folder = await temporaryFolder()
    await using version = runProgram(['--version'], { cwd: folder.path })
    await using help = runProgram(['--help'], { cwd: folder.path })
    expect(await version.ended).toMatchObject({ code: 0, stdout: '0.1.0\n' })
    expect((await help.ended).stdout).toMatch(/--demo \[COUNT\]/)
  })

  it('writes instants in the zone of TZ', async () => {
    await using folder = await temporaryFolder()
    await using server = await startProgram(['--store', 'memory:'], { cwd: folder.path, env: { TZ: 'Asia/Kolkata' } })
    const answer = await fetch(`${server.url}/workers`, { headers: { 'x-api-key': server.key } })
    const [worker] = (await answer.json()) as { birth_at: string }[]
    expect(worker?.birth_at).toMatch(/\+05:30$/)
  })

  it('names every setting with its default in its README', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(readme) ?? []
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'readme.yaml')
    await writeFile(file, yaml)
    const { loadConfig } = await import('@netpulse/config')
    const { plugins: _, ...documented } = await loadConfig({ file })
    const { plugins: __, ...defaults } = await loadConfig({})
    expect(documented).toEqual(defaults)
    const written = [...yaml.matchAll(/^ *#? ?'?([a-z_]+)'?:/gm)].map(([, key]) => key)
    const keys = Object.entries(defaults).flatMap(([key, value]) =>
      typeof value === 'object' ? Object.keys(value) : [key],
    )
    for (const key of keys) expect(written).toContain(key)
  })
})
