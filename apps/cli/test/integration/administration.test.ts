import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiKey, NewApiKey, PinnedHostKey, SystemStats, WebhookDelivery } from '@netpulse/client'
import { NetPulseClient } from '@netpulse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunOptions } from '../support/netpulse-program.js'
import { temporaryFolder } from '../support/netpulse-program.js'
import { runHere } from '../support/run-here.js'
import type { RealServer } from '../support/real-server.js'
import { startRealServer } from '../support/real-server.js'

let real: RealServer

beforeAll(async () => {
  real = await startRealServer()
})

afterAll(() => real.stop())

/** The program in this process: most of what it does needs no process of its own, and starting one takes a second. */
const here = (args: readonly string[], { env, ...more }: RunOptions = {}) =>
  runHere(args, { cwd: tmpdir(), ...more, env: { ...real.env, ...env } })

const as = <Value>(text: string): Value => JSON.parse(text) as Value

describe('netpulse keys', () => {
  it('makes a key that works, prints it alone and once, and ends it', async () => {
    const words = ['keys', 'create', 'nightly job', '--role', 'operator', '--expires', '90d']
    const grants = ['--scopes', 'query:run,job:*', '--devices', 'host=lab-*,site=x;cidr=10.0.0.0/8']
    const made = await real.run([...words, ...grants, '--allow', 'reload'])
    expect(made.code).toBe(0)
    expect(made.stdout).toMatch(/^np_\S+\n$/)
    const [, id = ''] =
      /^netpulse: key (\S+), nightly job, operator\. It is not shown again\.\n$/.exec(made.stderr) ?? []
    const env = { NETPULSE_API_KEY: made.stdout.trim() }
    expect(await here(['jobs', '--json'], { env })).toMatchObject({ code: 0, stdout: '[]\n' })

    const shown = await here(['keys', 'show', id])
    expect(shown.stdout).toMatch(/devices +site=x,host=lab-\*;cidr=10\.0\.0\.0\/8\n/)
    expect(shown.stdout).toMatch(/may send +reload\n/)
    const listed = await here(['keys', 'list', '--json'])
    const key = as<ApiKey[]>(listed.stdout).find((one) => one.id === id)!
    const days = (Date.parse(key.expires_at!) - Date.parse(key.created_at)) / 86_400_000
    expect(Math.round(days)).toBe(90)
    for (const text of [shown.stdout, listed.stdout]) expect(text).not.toContain(made.stdout.trim())

    expect(await here(['keys', 'revoke', id])).toMatchObject({ code: 0, stdout: `${id}  revoked\n` })
    expect((await here(['jobs'], { env })).code).toBe(4)
  })

  it('writes a key into a new file of its owner, and rotates it with an overlap', async () => {
    await using folder = await temporaryFolder()
    const words = ['keys', 'create', 'ci', '--role', 'viewer', '--key-file', 'key', '--json']
    const made = await here(words, { cwd: folder.path })
    const { id, ...rest } = as<NewApiKey>(made.stdout)
    expect(rest).not.toHaveProperty('key')
    const file = join(folder.path, 'key')
    const key = (await readFile(file, 'utf8')).trim()
    expect((await stat(file)).mode & 0o077).toBe(0)
    const again = await here(words, { cwd: folder.path })
    expect(again).toMatchObject({ code: 2, stdout: '' })
    expect(as<object>(again.stderr)).toMatchObject({ code: 'FILE_UNREADABLE' })

    const rotated = as<NewApiKey>((await here(['keys', 'rotate', id, '--overlap', '60', '--json'])).stdout)
    expect(rotated.previous_valid_until).not.toBeNull()
    for (const apiKey of [key, rotated.key])
      expect((await new NetPulseClient({ url: real.server.url, apiKey }).workers.list()).length).toBeGreaterThan(0)
  })

  it.each([
    { name: 'no role', words: ['create', 'x'], code: 2, says: '--role' },
    {
      name: 'a selector that is none',
      words: ['create', 'x', '--role', 'viewer', '--devices', 'hots=a'],
      code: 2,
      says: 'host=',
    },
    {
      name: 'a scope that is none',
      words: ['create', 'x', '--role', 'viewer', '--scopes', 'query:rum'],
      code: 5,
      says: 'scopes[0]',
    },
    { name: 'an unknown key', words: ['revoke', 'nobody'], code: 5, says: 'API_KEY_UNKNOWN' },
    { name: 'no verb', words: [], code: 2, says: 'Usage: netpulse keys' },
    { name: 'a verb that is none', words: ['lsit'], code: 2, says: 'Did you mean list?' },
  ])('refuses $name', async ({ words, code, says }) => {
    const ran = await here(['keys', ...words])
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toContain(says)
  })
})

describe('netpulse host-keys', () => {
  it('pins what a file or the words say, lists and forgets', async () => {
    const keygen = `ssh-ed25519 SHA256:${'a'.repeat(43)}`
    const pinned = await here(['host-keys', 'pin', '192.0.2.9', ...keygen.split(' ')])
    expect(pinned.stdout).toBe(`192.0.2.9:22  ssh-ed25519  SHA256:${'a'.repeat(43)}\n`)
    const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
    const scanned = `# [2001:db8::1]:22 SSH-2.0-OpenSSH_9.2\n[2001:db8::1]:22 ${publicKey}\n`
    const file = ['host-keys', 'pin', '[2001:db8::1]:22', '--file', '-', '--json']
    expect(as<PinnedHostKey>((await here(file, { stdin: scanned })).stdout)).toMatchObject({
      ...{ address: '[2001:db8::1]:22', type: 'ssh-ed25519' },
    })
    const two = await here(file, { stdin: `${publicKey}\n${publicKey}\n` })
    expect(two).toMatchObject({ code: 2, stdout: '' })
    expect((await here(['host-keys', 'list'])).stdout).toMatch(/^ADDRESS[^]*192\.0\.2\.9:22 +ssh-ed25519 +SHA256:a/)
    const forgotten = await here(['host-keys', 'forget', '192.0.2.9', '2001:db8::1'])
    expect(forgotten).toMatchObject({ code: 0, stdout: '192.0.2.9:22  forgotten\n[2001:db8::1]:22  forgotten\n' })
    expect((await here(['host-keys', 'forget', '192.0.2.9'])).stderr).toContain('HOST_KEY_NOT_PINNED')
  })
})

describe('netpulse deliveries', () => {
  it('shows what became of a webhook, lists the dead and sends them again', async () => {
    let status = 500
    const receiver = createServer((request, answer) => {
      request.resume().once('end', () => answer.writeHead(status).end())
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
    const { device } = new NetPulseClient({ url: real.server.url, apiKey: real.env.NETPULSE_API_KEY })
    const { platform, host, port } = real.simulator.device('r1')
    const job = await device.run({
      ...{ driver: 'cli', command: 'show clock', webhook: { url, max_retries: 0 } },
      connection_args: {
        device_type: platform,
        host,
        port,
        username: 'admin',
        password: real.env.NETPULSE_DEVICE_PASSWORD,
      },
    })
    const statusOf = async () => (await here(['deliveries', 'list', job.id])).stdout
    await expect.poll(statusOf, { timeout: 20_000 }).toMatch(/job\.completed +dead .* 1 +HTTP 500/)

    const dead = await real.run(['deliveries', 'dead', '--ndjson'])
    expect(as<WebhookDelivery>(dead.stdout)).toMatchObject({ job_id: job.id, status: 'dead' })
    status = 204
    expect((await here(['deliveries', 'replay', '--all'])).stdout).toMatch(/ pending /)
    await expect.poll(statusOf, { timeout: 20_000 }).toMatch(/job\.completed +delivered/)
    expect((await here(['deliveries', 'replay'])).code).toBe(2)
    receiver.close()
  })
})

describe('netpulse stats, holds and credentials test', () => {
  it('counts the deployment, for people and for programs', async () => {
    const people = await real.run(['stats'])
    expect(people.stdout).toMatch(/^nodes +1, room for \d+ devices\n/)
    expect(people.stdout).toMatch(/server up +0\d:\d\d:\d\d\n$/)
    expect(as<SystemStats>((await here(['stats', '--json'])).stdout)).toMatchObject({ nodes: { active: 1 } })
  })

  it('lists held devices and releases them', async () => {
    real.simulator.device('cut').fail({ at: 'config-line', line: 2 })
    const lines = ['interface Loopback1', 'description a', 'description b']
    expect((await here(['config', ...real.deviceWords('cut'), ...lines])).code).toBe(6)
    const [held] = as<{ device: string }[]>((await here(['holds', 'list', '--json'])).stdout)
    expect(await here(['holds', 'release', held!.device])).toMatchObject({
      ...{ code: 0, stdout: `${held!.device}  released\n` },
    })
  })

  it('looks a reference up and shows no value, with 1 when it leads nowhere', async () => {
    const found = await real.run(['credentials', 'test', 'lab:LAB', '--map', 'password=password'])
    expect(found).toMatchObject({ code: 0, stdout: 'provider  lab\nfields    password username\nsets      password\n' })
    const missing = await here(['credentials', 'test', 'NOBODY'])
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(missing.stderr).toContain('CREDENTIAL_NOT_FOUND')
    const wrong = await here(['credentials', 'test', 'vault:LAB', '--json'])
    expect(wrong.code).toBe(5)
    expect(as<object>(wrong.stderr)).toMatchObject({ code: 'CREDENTIAL_PROVIDER_UNKNOWN' })
  })
})
