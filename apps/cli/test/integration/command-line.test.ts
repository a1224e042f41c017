import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { runNetpulse, temporaryFolder } from '../support/netpulse-program.js'
import { runHere } from '../support/run-here.js'

/** Nobody listens there; a command line that is refused never gets so far. */
const env = { NETPULSE_URL: 'http://127.0.0.1:9', NETPULSE_API_KEY: 'k' }

describe('the command line', () => {
  it.each([
    { name: 'a command that does not exist', words: ['jobz'], says: 'Did you mean' },
    { name: 'a flag that does not exist', words: ['jobs', '--stauts', 'x'], says: 'Did you mean --status' },
    { name: 'a number that is too large', words: ['exec', 'r1', 'x', '--ttl', '90000'], says: 'from 1 to 86400' },
    { name: 'exec without commands', words: ['exec', 'r1'], says: 'exec needs commands' },
    { name: 'commands and config at once', words: ['exec', 'r1', 'x', '--config', 'y'], says: 'exec needs commands' },
    { name: 'config without lines', words: ['config', 'r1'], says: 'config needs lines' },
    { name: 'a host as a file of devices', words: ['bulk', 'r1', '-c', 'x'], says: 'bulk needs a file' },
    { name: 'a word that is no device', words: ['exec', 'http://r1/', 'x'], says: 'is no device' },
    { name: 'a spreadsheet', words: ['exec', 'devices.xlsx', '-c', 'x'], says: 'Save its table as CSV' },
    { name: 'a file that is not there', words: ['bulk', 'nowhere.csv', '-c', 'x'], says: 'ENOENT' },
    { name: 'driver arguments that are no object', words: ['exec', 'r1', 'x', '--da', '{oops'], says: 'JSON object' },
    { name: 'a result file of another kind', words: ['jobs', '--output', 'a.xlsx'], says: '.csv, .json or .ndjson' },
    { name: 'cancel without anything', words: ['cancel'], says: 'cancel needs ids' },
    { name: 'a profile that is not there', words: ['jobs', '--profile', 'lab'], says: 'no profile lab' },
    { name: 'a shell that is not known', words: ['completion', 'tcsh'], says: 'bash, zsh, fish' },
  ])('with $name ends with 2 and a sentence', async ({ words, says }) => {
    await using folder = await temporaryFolder()
    const { code, stdout, stderr } = await runNetpulse(words, { env, cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(says)
  })

  it.each([
    { name: 'a secret', arg: 'password=canary' },
    { name: 'the secret of a jump host', arg: 'jump_hosts=[{"host":"b","username":"u","password":"canary"}]' },
  ])('refuses $name, and does not repeat it', async ({ arg }) => {
    const words = ['exec', 'r1', 'x', '--connection-arg', arg]
    const { code, stderr } = await runHere(words, { env, cwd: tmpdir() })
    expect(code).toBe(2)
    expect(stderr).toContain('--password-file')
    expect(stderr).not.toContain('canary')
  })

  it('asks nobody where there is no terminal', async () => {
    const { code, stderr } = await runNetpulse(['exec', 'admin@r1', 'x', '--ask-password'], { env })
    expect(code).toBe(2)
    expect(stderr).toContain('SECRET_MISSING')
  })

  it('prints its help, that of a command, and its version', async () => {
    const help = await runNetpulse(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toContain('Exit codes:')
    expect((await runNetpulse(['exec', '--help'])).stdout).toContain('Global Options')
    expect((await runNetpulse(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('lists platforms and plugins without a server', async () => {
    const platforms = JSON.parse((await runNetpulse(['platforms', '--json'])).stdout) as { name: string }[]
    expect(platforms.map(({ name }) => name)).toContain('cisco_iosxe')
    const plugins = JSON.parse((await runNetpulse(['plugins', '--json'])).stdout) as {
      name: string
      aliases: string[]
    }[]
    expect(plugins.find(({ name }) => name === 'cli')?.aliases).toContain('netmiko')
  })
})
