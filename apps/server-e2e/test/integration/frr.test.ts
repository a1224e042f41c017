import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../../../tools/test/free-port.mjs'
import { startServer } from '../../../../tools/test/server-process.mjs'

interface LabDevice {
  host: string
  port: number
  telnetPort: number
  username: string
  password: string
  enable: string
}

interface WireResult {
  command: string
  stdout: string
  exit_status: number
  failure: { kind: string; message: string } | null
  metadata: { session_reused: boolean }
}

interface WireJob {
  id: string
  status: string
  outcome: string
  result: { retval: WireResult[]; error: { code: string } | null }
}

const script = fileURLToPath(new URL('../../../../tools/lab/frr-device.sh', import.meta.url))
const missing =
  process.getuid?.() !== 0
    ? 'needs root for network namespaces'
    : ['/usr/lib/frr/zebra', '/usr/sbin/sshd', '/usr/bin/socat', '/usr/bin/ping'].find((file) => !existsSync(file))
if (missing !== undefined)
  console.warn(`FRRouting tests skipped: ${missing} (tools/lab/install.sh installs what they need)`)

describe.skipIf(missing !== undefined)('the server with a real FRRouting device', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  let device: LabDevice
  let lab: (step: string) => string

  beforeAll(async () => {
    const parent = await mkdtemp(join(tmpdir(), 'netpulse-frr-'))
    await chmod(parent, 0o755) // the daemons run as a user of their own
    const folder = join(parent, 'device')
    const env = {
      ...process.env,
      FRR_LAB_DIR: folder,
      FRR_LAB_PORT: String(await freePort()),
      FRR_LAB_TELNET: String(await freePort()),
    }
    lab = (step) => execFileSync('bash', [script, step], { env, encoding: 'utf8' })
    // `start` leaves daemons behind that keep its output open: only its own end counts.
    const start = `bash '${script}' start > '${folder}.json' && cat '${folder}.json'`
    const { stdout } = await promisify(execFile)('bash', ['-c', start], { env })
    device = JSON.parse(stdout) as LabDevice
    server = await startServer()
  })

  afterAll(async () => {
    try {
      await server?.stop()
    } finally {
      lab?.('stop')
    }
  })

  const connection = (): object => ({
    device_type: 'frr_vtysh',
    host: device.host,
    port: device.port,
    username: device.username,
    password: device.password,
  })
  const exec = (work: object): Promise<WireJob> =>
    server.post('/device/exec?wait=60', { driver: 'cli', connection_args: connection(), ...work })

  it('answers queries with clean output, command by command', async () => {
    const job = await exec({ command: ['show version', 'show running-config'] })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    const [version, running] = job.result.retval
    expect(version?.stdout).toMatch(/^FRRouting \d+\.\d+/)
    expect(version?.stdout).not.toContain('show version')
    expect(running?.stdout).toContain('router bgp 65001')
    expect(running?.stdout).not.toMatch(/r1#\s*$/)
  })

  it('marks a command that the device does not know as refused, and runs the others', async () => {
    const job = await exec({ command: ['show nonsense', 'show version'] })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished', outcome: 'refused' })
    expect(job.result.retval[0]).toMatchObject({ exit_status: 1, failure: { kind: 'unknown_command' } })
    expect(job.result.retval[1]).toMatchObject({ exit_status: 0, failure: null })
  })

  it('stops a push at the refused line and saves nothing', async () => {
    const before = lab('startup')
    const job = await exec({
      config: ['interface eth0', 'description pushed by test', 'ip adress 10.0.0.1/24', 'description never sent'],
      save: true,
    })
    expect(job, errorOf(job)).toMatchObject({ status: 'failed', outcome: 'partial' })
    expect(job.result.error?.code).toBe('CONFIG_REFUSED')
    expect(job.result.retval.map(({ failure }) => failure?.kind ?? null)).toEqual([
      null,
      null,
      'unknown_command',
      'skipped',
    ])
    expect(lab('running')).toContain('description pushed by test')
    expect(lab('running')).not.toContain('never sent')
    expect(lab('startup')).toBe(before)
  })

  it('pushes and saves a clean change', async () => {
    const job = await exec({ config: ['interface eth0', 'description saved by test'], save: true })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(lab('running')).toContain('description saved by test')
    expect(lab('startup')).toContain('description saved by test')
  })

  it('follows a change of the host name in the same push', async () => {
    const job = await exec({ config: ['hostname edge-1', 'interface eth0', 'description renamed'] })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    const back = await exec({ config: ['hostname r1'] })
    expect(back).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('runs a hundred jobs over one session', async () => {
    const first = await exec({ command: 'show version' })
    expect(first.status).toBe('finished')
    const logins = lab('logins')
    const jobs = await Promise.all(Array.from({ length: 100 }, () => exec({ command: 'show ip route' })))
    expect(jobs.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(100)
    expect(jobs.every(({ result }) => result.retval[0]?.metadata.session_reused)).toBe(true)
    expect(lab('logins')).toBe(logins)
  })

  it('aborts a running command and serves the next job over a new session', async () => {
    const submitted: WireJob = await server.post('/device/exec', {
      driver: 'cli',
      connection_args: connection(),
      command: 'ping 127.0.0.1',
      driver_args: { read_timeout: 60 },
    })
    await started(server, submitted.id)
    const canceled = await server.call('DELETE', `/jobs/${submitted.id}`)
    expect(canceled.status).toBe(200)
    const ended: WireJob = await server.get(`/jobs/${submitted.id}?wait=20`)
    expect(ended.status).toBe('canceled')
    expect(await exec({ command: 'show version' })).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('goes on when the routing daemons were restarted under the session', async () => {
    expect(await exec({ command: 'show version' })).toMatchObject({ status: 'finished' })
    lab('restart-frr')
    const job = await exec({ command: ['show running-config', 'show version'] })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished' })
    expect((await exec({ command: 'show running-config' })).result.retval[0]?.stdout).toContain('router bgp 65001')
  })

  it('opens a new session when the device was cut off between two jobs', async () => {
    expect(await exec({ command: 'show version' })).toMatchObject({ status: 'finished' })
    lab('cut')
    lab('uncut')
    const job = await exec({ command: 'show version' })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
  })

  it('says that a cut-off device cannot be reached, and works again when it is back', async () => {
    lab('cut')
    const refused = await server.post('/device/test', { driver: 'cli', connection_args: connection() })
    expect(refused).toMatchObject({ success: false })
    lab('uncut')
    expect(await server.post('/device/test', { driver: 'cli', connection_args: connection() })).toMatchObject({
      success: true,
    })
  })

  it('fails a wrong password as what it is, without the password anywhere', async () => {
    const job = await exec({ connection_args: { ...connection(), password: 'not-this-one' }, command: 'show version' })
    expect(job, errorOf(job)).toMatchObject({
      status: 'failed',
      outcome: 'failed',
      result: { error: { code: 'AUTH_FAILED' } },
    })
    expect(JSON.stringify(job)).not.toContain('not-this-one')
  })

  it('answers pagers and leaves no trace of them', async () => {
    const paged = { ...connection(), username: `${device.username}p` }
    const job = await exec({ connection_args: paged, command: 'show running-config' })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(job.result.retval[0]?.stdout).toContain('router bgp 65001')
    expect(job.result.retval[0]?.stdout).not.toMatch(/--More--|\u0008/)
  })

  it('logs in over telnet, with enable', async () => {
    const console = {
      device_type: 'frr_vtysh',
      transport: 'telnet',
      host: device.host,
      port: device.telnetPort,
      password: device.password,
      secret: device.enable,
    }
    const job = await exec({ connection_args: console, command: 'show running-config', enable_mode: true })
    expect(job, errorOf(job)).toMatchObject({ status: 'finished', outcome: 'succeeded' })
    expect(job.result.retval[0]?.stdout).toContain('hostname r1')
  })
})

/** Why a job failed, for the message of a failed expectation. */
const errorOf = (job: WireJob): string => JSON.stringify(job.result?.error)

/** Resolves when the job runs: its events say so. */
async function started(server: { get(path: string): Promise<WireJob> }, id: string): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    const { status } = await server.get(`/jobs/${id}?wait=0.1`)
    if (status === 'started') return
    if (status !== 'queued') throw new Error(`job ${id} is ${status}`)
  }
  throw new Error(`job ${id} did not start`)
}
