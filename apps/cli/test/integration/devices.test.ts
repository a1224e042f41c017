import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job } from '@netpulse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startNetpulse, temporaryFolder } from '../support/netpulse-program.js'
import type { RealServer } from '../support/real-server.js'
import { login, startRealServer } from '../support/real-server.js'

let real: RealServer

beforeAll(async () => {
  real = await startRealServer()
})

afterAll(() => real.stop())

describe('netpulse exec', () => {
  it('prints what the device answers to one command, and nothing else', async () => {
    const { code, stdout, stderr } = await real.run(['exec', ...real.deviceWords('r1'), 'show clock'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^\*\d\d:\d\d:\d\d/)
  })

  it('puts the command above each of several answers, and ends with 1 when one is refused', async () => {
    const commands = ['show clock', '--command', 'show nonsense']
    const { code, stdout, stderr } = await real.run(['exec', ...real.deviceWords('r1'), ...commands])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^--- show clock\n\*.*\n[^]*--- show nonsense\n/)
    expect(stderr).toContain('outcome refused: show nonsense: % Invalid input')
  })

  it('is a job for programs with --json', async () => {
    const words = [
      'exec',
      ...real.deviceWords('junos'),
      'show version',
      '--json',
      '--tag',
      'a',
      '--tag',
      'b',
      '--ttl',
      '60',
    ]
    const { code, stdout } = await real.run(words)
    const job = JSON.parse(stdout) as Job
    expect(code).toBe(0)
    expect(job).toMatchObject({ outcome: 'succeeded', tags: ['a', 'b'], command: ['show version'] })
  })

  it('reads commands from stdin and the password from a file', async () => {
    await using folder = await temporaryFolder()
    const password = await folder.write('password', `${login.password}\n`)
    const words = ['exec', ...real.deviceWords('r1'), '--command-file', '-', '--password-file', password]
    const { code, stdout } = await real.run(words, {
      stdin: 'show clock\n\nshow version\n',
      env: { NETPULSE_DEVICE_PASSWORD: '' },
    })
    expect(code).toBe(0)
    expect(stdout).toContain('--- show version')
  })

  it('logs in by a reference, which names the secret and is none', async () => {
    const words = [real.addressOf('r1'), '--platform', 'cisco_iosxe', '--credential', 'lab:LAB']
    const env = { NETPULSE_DEVICE_PASSWORD: '' }
    expect((await real.run(['exec', ...words, 'show clock'], { env })).code).toBe(0)
    expect((await real.run(['test', ...words], { env })).stdout).toContain('r1#')
    const missing = await real.run(['exec', ...words.slice(0, -1), 'lab:NOBODY', 'show clock'], { env })
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('CREDENTIAL_')
  })

  it('tells a login that was refused by its code, with 1', async () => {
    const env = { NETPULSE_DEVICE_PASSWORD: 'wrong-canary' }
    const { code, stdout, stderr } = await real.run(['exec', ...real.deviceWords('r2'), 'show clock'], { env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('(AUTH_FAILED)')
    expect(stderr).not.toContain('wrong-canary')
  })

  it('only submits with --no-wait, and `job --wait` reads the end', async () => {
    const submitted = await real.run(['exec', ...real.deviceWords('r1'), 'show clock', '--no-wait'])
    expect(submitted).toMatchObject({ code: 0, stderr: '' })
    const { code, stdout } = await real.run(['job', submitted.stdout.trim(), '--wait'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/outcome +succeeded/)
  })

  it('ends with 7 when the job takes longer than --timeout, and names the job, which goes on', async () => {
    const { code, stderr } = await real.run(['exec', ...real.deviceWords('slow'), 'show clock', '--timeout', '1'])
    expect(code).toBe(7)
    const id = /netpulse job (\S+)/.exec(stderr)?.[1] ?? ''
    expect((await real.run(['cancel', id])).stdout).toContain(id)
  })

  it('ends with 130 on Ctrl-C, and names the job, which goes on', async () => {
    const { child, output, ended } = startNetpulse(['exec', ...real.deviceWords('slow'), 'show clock'], {
      env: real.env,
    })
    const isThere = async () =>
      (await real.server.netpulse.list({ status: ['started'] }, { limit: 1 })).items.length > 0
    await expect.poll(isThere, { timeout: 10_000 }).toBe(true)
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    const id = /netpulse job (\S+)/.exec(output.stderr)?.[1] ?? ''
    expect((await real.run(['cancel', id])).code).toBe(0)
  })
})

describe('netpulse config', () => {
  it('applies lines of a file, and says so', async () => {
    await using folder = await temporaryFolder()
    const file = await folder.write('lines.txt', 'interface Loopback7\n description from a file\n')
    const { code, stdout } = await real.run(['config', ...real.deviceWords('r1'), '--file', file, '--save'])
    expect(code).toBe(0)
    expect(stdout).toContain('succeeded, job ')
    expect(real.simulator.device('r1').runningConfig).toContain('description from a file')
  })

  it('shows the difference with --dry-run and changes nothing', async () => {
    const words = ['config', ...real.deviceWords('junos'), 'set system host-name other', '--dry-run']
    const { code, stdout } = await real.run(words)
    expect(code).toBe(0)
    expect(stdout).toContain('host-name other')
    expect(real.simulator.device('junos').runningConfig).not.toContain('other')
  })

  it('ends with 1 at a refused line, and with 6 when nobody knows what is in force', async () => {
    const refused = await real.run(['config', ...real.deviceWords('r2'), 'bogus line'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('CONFIG_REFUSED')
    real.simulator.device('cut').fail({ at: 'config-line', line: 2 })
    const lost = await real.run([
      'config',
      ...real.deviceWords('cut'),
      'interface Loopback1',
      'description a',
      'description b',
    ])
    expect(lost.code).toBe(6)
    expect(lost.stderr).toContain('Look at the device.')
  })
})

describe('a file of devices', () => {
  const addressParts = (name: string) => real.addressOf(name).split(':') as [string, string]

  it('in the layout of the reference is read by exec, its flags before the command', async () => {
    await using folder = await temporaryFolder()
    const row = (selected: string, name: string, vendor: string, password: string) =>
      [selected, ...addressParts(name), name, vendor, 'admin', password, '60'].join(',')
    const head = 'Selected,IP,Port,Name,Vendor,Username,Password,Keepalive'
    const rows = [
      row('TRUE', 'r1', 'CISCO', login.password),
      row('FALSE', 'r2', 'CISCO', login.password),
      row('TRUE', 'junos', 'JUNIPER', 'wrong-canary'),
    ]
    const file = await folder.write('devices.csv', `\ufeff${[head, ...rows].join('\r\n')}\r\n`)
    const { NETPULSE_URL: url, NETPULSE_API_KEY: key } = real.env
    const global = ['--endpoint', url, '--api-key', key, '--interval', '5', '--timeout', '300']
    const { code, stdout, stderr } = await real.run([...global, 'exec', file, '--cmd', 'show version', '-m', '--force'])
    expect(code).toBe(1)
    expect(stdout).toMatch(/^r1 .* succeeded /m)
    expect(stdout).toMatch(/^junos .* failed /m)
    expect(stdout).not.toMatch(/^r2/m)
    expect(stderr).toContain('--api-key shows the key')
    expect(stderr).toContain('junos: job')
    expect(stdout + stderr).not.toMatch(/canary/)
  })

  it('may have work of its own per device, and defaults', async () => {
    await using folder = await temporaryFolder()
    const [host, port] = addressParts('r1')
    const yaml = `defaults: { username: admin, host: ${host} }
devices:
  - { name: one, port: ${port}, platform: cisco_iosxe, command: show clock }
  - { name: two, port: ${addressParts('junos')[1]}, platform: juniper_junos }
`
    const file = await folder.write('devices.yaml', yaml)
    const { code, stdout } = await real.run(['bulk', file, '--command', 'show version', '--full'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/=== one\n\*\d\d:/)
    expect(stdout).toMatch(/=== two\n[^]*JUNOS|=== two\n[^]*Junos/)
  })

  it('may have all its work in the file, and needs none on the command line', async () => {
    await using folder = await temporaryFolder()
    const [host, port] = addressParts('r2')
    const device = `{ host: ${host}, port: ${port}, device_type: cisco_iosxe, username: admin`
    const yaml = `- ${device}, config: [interface Loopback9, description own work] }\n- ${device}, command: show clock }\n`
    const { code, stdout } = await real.run(['bulk', await folder.write('work.yaml', yaml), '--json'])
    expect(code).toBe(0)
    const entries = JSON.parse(stdout) as { job: Job }[]
    expect(entries.map(({ job }) => [job.kind, job.outcome])).toEqual([
      ['modification', 'succeeded'],
      ['query', 'succeeded'],
    ])
  })

  it('is answered line by line for programs, and into files that only the owner reads', async () => {
    await using folder = await temporaryFolder()
    const devices = ['r1', 'r2'].map((name) => {
      const [host, port] = addressParts(name)
      return { name, host, port: Number(port), device_type: 'cisco_iosxe', ...login }
    })
    const file = await folder.write('devices.json', JSON.stringify([...devices, { name: 'bad', host: 'x', port: -1 }]))
    const words = ['bulk', file, '-c', 'show clock', '-c', 'show version', '--ndjson', '--output', 'result.csv']
    const { code, stdout } = await real.run(words, { cwd: folder.path })
    expect(code).toBe(1)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; job: Job | null; failure: { code: string } | null })
    expect(lines.map(({ name }) => name).sort()).toEqual(['bad', 'r1', 'r2'])
    expect(lines.find(({ name }) => name === 'bad')).toMatchObject({ job: null, failure: { code: 'INVALID_INPUT' } })
    const csv = await readFile(join(folder.path, 'result.csv'), 'utf8')
    expect(csv.split('\n')[0]).toBe('name,host,job,status,outcome,duration,command,exit_status,output,code,error')
    expect(csv.match(/,show clock,0,/g)).toHaveLength(2)
    expect(csv + stdout).not.toContain('canary')
    expect((await stat(join(folder.path, 'result.csv'))).mode & 0o077).toBe(0)
  })

  it('is tested for logins', async () => {
    await using folder = await temporaryFolder()
    const [host, port] = addressParts('r1')
    const file = await folder.write(
      'devices.csv',
      `host,port,platform,username,password,command\n${host},${port},cisco_iosxe,admin,${login.password},show clock\n${host},1,cisco_iosxe,admin,x,\n`,
    )
    const { code, stdout } = await real.run(['test', file, '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject([{ success: true, result: { prompt: 'r1#' } }, { success: false }])
  })

  it('shows what has ended when --timeout is over, with 7', async () => {
    await using folder = await temporaryFolder()
    const rows = ['r1', 'slow'].map((name) => `${name},${addressParts(name).join(',')},cisco_iosxe,admin`)
    const file = await folder.write('devices.csv', `name,host,port,platform,username\n${rows.join('\n')}\n`)
    const words = ['bulk', file, '-c', 'show clock', '--timeout', '3', '--tag', 'given-up']
    const { code, stdout, stderr } = await real.run(words)
    expect(code).toBe(7)
    expect(stdout).toMatch(/^r1 .* succeeded /m)
    expect(stdout).not.toMatch(/^slow/m)
    expect(stderr).toContain('they go on')
    const left = JSON.parse(
      (await real.run(['jobs', '--tag', 'given-up', '--status', 'started', '--json'])).stdout,
    ) as Job[]
    expect((await real.run(['cancel', ...left.map(({ id }) => id)])).code).toBe(0)
  })

  it('is submitted as a whole with --no-wait', async () => {
    await using folder = await temporaryFolder()
    const [host, port] = addressParts('r1')
    const file = await folder.write('devices.csv', `host;port;platform;username\n${host};${port};cisco_iosxe;admin\n`)
    const { code, stdout } = await real.run(['bulk', file, '-c', 'show clock', '--no-wait', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ status: 'queued' }])
  })
})
