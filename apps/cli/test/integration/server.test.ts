import { chmod } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Job, Worker } from '@netpulse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runNetpulse, startNetpulse, temporaryFolder } from '../support/netpulse-program.js'
import type { RealServer } from '../support/real-server.js'
import { startRealServer } from '../support/real-server.js'

let real: RealServer
let job: Job

beforeAll(async () => {
  real = await startRealServer()
  const ran = await real.run(['exec', ...real.deviceWords('r1'), 'show clock', '--json', '--tag', 'listed'])
  job = JSON.parse(ran.stdout) as Job
})

afterAll(() => real.stop())

describe('netpulse jobs, job, cancel and workers', () => {
  it('list jobs for people and for programs', async () => {
    const people = await real.run(['jobs', '--tag', 'listed'])
    expect(people.stdout).toMatch(/^ID +STATUS +OUTCOME +DEVICE/)
    expect(people.stdout).toContain(job.id)
    const programs = await real.run(['jobs', '--tag', 'listed', '--status', 'finished', '--ndjson'])
    expect(JSON.parse(programs.stdout)).toEqual(job)
    expect((await real.run(['jobs', '--tag', 'nobody', '--json'])).stdout).toBe('[]\n')
  })

  it('show one job, with its answers, also by following it', async () => {
    for (const words of [
      ['job', job.id],
      ['job', job.id, '--follow'],
    ]) {
      const { code, stdout } = await real.run(words)
      expect(code).toBe(0)
      expect(stdout).toContain(job.id)
      expect(stdout).toMatch(/\*\d\d:\d\d:\d\d/)
    }
  })

  it('cancel by host, and tell a job that has ended, with 5', async () => {
    const slow = await real.run(['config', ...real.deviceWords('slow'), 'hostname slow', '--no-wait'])
    const next = await real.run(['config', ...real.deviceWords('slow'), 'hostname slow', '--no-wait'])
    expect((await real.run(['job', next.stdout.trim()])).stdout).toMatch(/^waits +(it is next|behind 1 other)$/m)
    const canceled = await real.run(['cancel', '--host', '127.0.0.1', '--json'])
    expect(JSON.parse(canceled.stdout)).toEqual(
      expect.arrayContaining([{ id: next.stdout.trim(), status: 'canceled' }]),
    )
    await real.run(['cancel', slow.stdout.trim()])
    const again = await real.run(['cancel', job.id])
    expect(again.code).toBe(5)
    expect(again.stderr).toContain('JOB_ALREADY_ENDED')
  })

  it('list workers', async () => {
    const { stdout } = await real.run(['workers', '--json'])
    expect((JSON.parse(stdout) as Worker[]).map(({ name }) => name)).toContain(job.worker)
  })

  it('tell a job that does not exist, for programs as JSON on stderr', async () => {
    const { code, stdout, stderr } = await real.run(['job', 'nobody', '--json'])
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({ code: 'JOB_NOT_FOUND', status: 404 })
  })
})

describe('the server and the key', () => {
  const key = () => ({ NETPULSE_API_KEY: real.env.NETPULSE_API_KEY })

  it.each([
    { name: 'nobody listens', env: { NETPULSE_URL: 'http://127.0.0.1:9', NETPULSE_API_KEY: 'k' }, code: 3 },
    { name: 'there is no key', env: { NETPULSE_URL: 'http://127.0.0.1:9' }, code: 4 },
    { name: 'the URL is none', env: { NETPULSE_URL: 'nonsense', NETPULSE_API_KEY: 'k' }, code: 2 },
  ])('end the program with its own code when $name', async ({ env, code }) => {
    const ran = await runNetpulse(['jobs'], { env })
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toMatch(/^netpulse: .*\([A-Z_]+\)\n$/)
  })

  it('end it with 4 when the key is wrong', async () => {
    expect(await real.run(['jobs'], { env: { NETPULSE_API_KEY: 'wrong' } })).toMatchObject({ code: 4, stdout: '' })
  })

  it('come from a profile; the environment wins, and a flag wins over it', async () => {
    await using folder = await temporaryFolder()
    const file = await folder.write(
      'config.yaml',
      `default: lab
profiles:
  lab: { url: '${real.server.url}', api_key: ${key().NETPULSE_API_KEY} }
  gone: { url: 'http://127.0.0.1:9', api_key: k }
`,
    )
    const env = { NETPULSE_CLI_CONFIG: file }
    expect((await runNetpulse(['workers'], { env })).code).toBe(0)
    expect((await runNetpulse(['workers', '--profile', 'gone'], { env })).code).toBe(3)
    expect((await runNetpulse(['workers'], { env: { ...env, NETPULSE_PROFILE: 'gone' } })).code).toBe(3)
    expect((await runNetpulse(['workers'], { env: { ...env, NETPULSE_URL: 'http://127.0.0.1:9' } })).code).toBe(3)
    const flag = ['workers', '--url', real.server.url]
    expect((await runNetpulse(flag, { env: { ...env, NETPULSE_URL: 'http://127.0.0.1:9' } })).code).toBe(0)
  })

  it('are not taken from a file that others can read', async () => {
    await using folder = await temporaryFolder()
    const file = await folder.write(
      'config.yaml',
      `profiles: { lab: { url: '${real.server.url}', api_key: canary-key } }\n`,
    )
    await chmod(file, 0o644)
    const ran = await runNetpulse(['workers'], { env: { NETPULSE_CLI_CONFIG: file } })
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(`chmod 600 ${file}`)
    expect(ran.stderr).not.toContain('canary')
  })

  it('are found where XDG says', async () => {
    await using folder = await temporaryFolder()
    const env = { XDG_CONFIG_HOME: folder.path }
    expect((await runNetpulse(['doctor'], { env })).stdout).toContain(`${folder.path}/netpulse/config.yaml`)
  })
})

describe('netpulse doctor', () => {
  it('finds everything in place', async () => {
    const { code, stdout } = await real.run(['doctor', '--json'])
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { state: string }[]).map(({ state }) => state)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
    ])
  })

  it('finds a server that is none, with 3, and a wrong key, with 4', async () => {
    const stranger = createServer((_, answer) => answer.setHeader('content-type', 'application/json').end('{}'))
    await once(stranger.listen(0, '127.0.0.1'), 'listening')
    const { port } = stranger.address() as AddressInfo
    const none = await real.run(['doctor', '--url', `http://127.0.0.1:${port}`])
    stranger.close()
    expect(none.code).toBe(3)
    expect(none.stdout).toMatch(/server +failed +what answers there is no NetPulse server/)
    const wrong = await real.run(['doctor'], { env: { NETPULSE_API_KEY: 'wrong' } })
    expect(wrong.code).toBe(4)
    expect(wrong.stdout).toMatch(/API key +failed/)
  })
})

describe('netpulse up', () => {
  it('starts a server that the program itself can use, and stops it in order', async () => {
    await using folder = await temporaryFolder()
    const env = { NETPULSE_LOG__LEVEL: 'error' }
    const words = ['up', '--port', '0', '--demo', '1', '--store', folder.path]
    const { child, output, ended } = startNetpulse(words, { env, cwd: folder.path })
    const greeted = new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => /^curl .*\n/m.test(output.stdout) && resolve())
      void ended.then(() => reject(new Error(output.stderr)))
    })
    await greeted
    const url = /(http:\/\/\S+?:\d+)/.exec(output.stdout)?.[1] ?? ''
    const key = /(np_[\w-]+)/.exec(output.stdout)?.[1] ?? ''
    const doctor = await runNetpulse(['doctor'], { env: { NETPULSE_URL: url, NETPULSE_API_KEY: key } })
    expect(doctor.code).toBe(0)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })

  it('refuses Redis, and passes on what the server says of its flags', async () => {
    expect(await runNetpulse(['up', '--redis', 'redis://x'])).toMatchObject({ code: 2 })
    const wrong = await runNetpulse(['up', '--prot', '1'])
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('Did you mean --port?')
  })
})
