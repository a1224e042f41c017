import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditEntry, Job } from '@netpulse/client'
import type { AuditReport } from '@netpulse/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runNetpulse, temporaryFolder } from '../support/netpulse-program.js'
import type { RealServer } from '../support/real-server.js'
import { login, startRealServer } from '../support/real-server.js'

let real: RealServer
let job: Job

beforeAll(async () => {
  real = await startRealServer()
  const ran = await real.run(['exec', ...real.deviceWords('r1'), 'show clock', '--json'])
  job = JSON.parse(ran.stdout) as Job
  await real.run(['test', ...real.deviceWords('r2')])
})

afterAll(() => real.stop())

describe('netpulse audit', () => {
  it('lists who did what, for people and for programs', async () => {
    const people = await real.run(['audit', 'list', '--job', job.id])
    expect(people.stdout).toMatch(/^NO +AT +ACTION +WHO +FROM/)
    expect(people.stdout.trimEnd().split('\n').slice(1)).toEqual([
      expect.stringMatching(/job\.ended +first key +127\.0\.0\.1 .*succeeded.*finished$/) as string,
      expect.stringMatching(/job\.accepted +first key .*show clock$/) as string,
    ])
    const programs = await real.run(['audit', 'list', '--action', 'connection.tested', '--ndjson'])
    expect(JSON.parse(programs.stdout)).toMatchObject({ action: 'connection.tested', outcome: 'succeeded' })
    expect((await real.run(['audit', 'list', '--limit', '1', '--json'])).stdout).toContain('connection.tested')
  })

  it('exports the record into a file for its owner, and verifies it there, from stdin, and at the server', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'audit.ndjson')
    const exported = await real.run(['audit', 'export', file])
    expect(exported).toMatchObject({ code: 0, stdout: '' })
    const text = await readFile(file, 'utf8')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(text).not.toContain(login.password)
    const last = JSON.parse(text.trimEnd().split('\n').at(-1)!) as AuditEntry
    expect(exported.stderr).toBe(`netpulse: ${last.number} entries\n`)
    const [number, head] = (await real.run(['audit', 'head'])).stdout.trim().split(' ')
    expect([number, head]).toEqual([String(last.number), last.hash])
    const offline = { env: {}, cwd: folder.path }
    const verified = await runNetpulse(['audit', 'verify', 'audit.ndjson', '--head', head!], offline)
    expect(verified).toMatchObject({ code: 0, stderr: '' })
    expect(verified.stdout).toBe(`Intact: ${number} entries, 1 to ${number}.\nHead: ${number} ${head}\n`)
    const piped = await runNetpulse(['audit', 'verify', '-', '--json'], { ...offline, stdin: text })
    expect(JSON.parse(piped.stdout) as AuditReport).toMatchObject({ intact: true, entries: last.number })
    expect((await real.run(['audit', 'verify'])).stdout).toMatch(/^Intact: .*\n.*\nNot checked against a noted hash/)
    const [first] = text.split('\n')
    const rest = await real.run(['audit', 'export', '--after', '1'])
    expect(rest.stdout).toBe(text.slice(first!.length + 1))
    const { hash } = JSON.parse(first!) as AuditEntry
    const later = await runNetpulse(['audit', 'verify', '-', '--after', hash], { ...offline, stdin: rest.stdout })
    expect(later.code).toBe(0)
  })

  it.each([
    {
      name: 'a changed entry',
      change: (lines: string[]) => lines.map((line) => line.replace('show clock', 'show clocks')),
      says: /line \d+: Entry \d+ was changed/,
    },
    {
      name: 'an entry that is gone',
      change: (lines: string[]) => lines.filter((_, index) => index !== 1),
      says: /Entry 2 is missing/,
    },
    { name: 'a beginning that is gone', change: (lines: string[]) => lines.slice(1), says: /begins at entry 2/ },
    { name: 'an end that is gone', change: (lines: string[]) => lines.slice(0, -1), says: /noted hash is of no entry/ },
    { name: 'what is no record', change: () => ['hello'], says: /no entry of an audit record/ },
  ])('finds $name, with 1', async ({ change, says }) => {
    const text = (await real.run(['audit', 'export'])).stdout
    const lines = text.trimEnd().split('\n')
    const { hash } = JSON.parse(lines.at(-1)!) as AuditEntry
    const stdin = `${change(lines).join('\n')}\n`
    const { code, stdout } = await runNetpulse(['audit', 'verify', '-', '--head', hash], { stdin })
    expect(code).toBe(1)
    expect(stdout).toMatch(says)
    expect(stdout).toMatch(/BROKEN: \d+ entries/)
  })

  it.each([
    { name: 'a file that is not there', words: ['verify', 'nowhere.ndjson'], code: 2, says: /cannot be read: ENOENT/ },
    { name: 'a hash that is none', words: ['verify', '-', '--head', 'abc'], code: 2, says: /--head must be a hash/ },
    { name: 'no subcommand', words: [], code: 2, says: /audit/ },
    {
      name: 'a folder that is not there',
      words: ['export', '/nowhere/at/all'],
      code: 2,
      says: /cannot be written: ENOENT/,
    },
    { name: 'an action that is none', words: ['list', '--action', 'x'], code: 5, says: /action/ },
  ])('refuses $name', async ({ words, code, says }) => {
    const ran = await real.run(['audit', ...words])
    expect(ran.code).toBe(code)
    expect(ran.stderr).toMatch(says)
  })

  it('is for admins', async () => {
    const { env } = real
    const made = await fetch(`${env.NETPULSE_URL}/keys`, {
      method: 'POST',
      headers: { 'x-api-key': env.NETPULSE_API_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'op', role: 'operator' }),
    })
    const { key } = (await made.json()) as { key: string }
    for (const words of [['list'], ['export'], ['verify'], ['head']])
      expect((await real.run(['audit', ...words], { env: { NETPULSE_API_KEY: key } })).code).toBe(4)
  })
})
