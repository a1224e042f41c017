import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadKeyring, openCredentialFile } from '@netpulse/credentials'
import { startServer } from '@netpulse/server'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../support/netpulse-program.js'
import { runNetpulse, temporaryFolder } from '../support/netpulse-program.js'
import { runHere } from '../support/run-here.js'

const config = `store: state
credentials:
  providers:
    local: { plugin: file, allowed_paths: [core] }
    machine: { plugin: env }
`

/** A folder with the configuration of a server that never ran, and the program in it. */
async function machine() {
  const folder = await temporaryFolder()
  await folder.write('netpulse.yaml', config)
  const env = { NETPULSE_CONFIG_FILE: 'netpulse.yaml' }
  return {
    folder,
    run: (words: readonly string[], more: { stdin?: string; env?: Record<string, string> } = {}) =>
      runNetpulse(['credentials', ...words], { ...more, cwd: folder.path, env: { ...env, ...more.env } }),
    /** In this process: most of what the program does needs no process of its own, and starting one takes a second. */
    here: (words: readonly string[], more: Omit<RunOptions, 'cwd'> = {}) =>
      runHere(['credentials', ...words], { ...more, cwd: folder.path, env: { ...env, ...more.env } }),
    open: async () =>
      openCredentialFile(
        join(folder.path, 'state/credentials.json'),
        await loadKeyring(join(folder.path, 'state/keyring.json')),
      ),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

describe('netpulse credentials', () => {
  it('fills the sealed file of a configuration from stdin, files and the environment, and shows no value', async () => {
    await using own = await machine()
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-key\n-----END OPENSSH PRIVATE KEY-----\n'
    await own.folder.write('id', key)
    const words = ['set', 'core/r1', '-u', 'netops', '--password-file', '-', '--field-file', 'pkey=id']
    const more = ['--field-env', 'secret=ENABLE']
    const set = await own.run([...words, ...more], { stdin: 'canary-password\n', env: { ENABLE: 'canary-enable' } })
    expect(set).toMatchObject({ code: 0, stdout: 'core/r1  password pkey secret username\n' })
    expect(set.stderr).toMatch(/^netpulse: made \S+\/state\/keyring\.json: /)
    const fields = await (await own.open()).find('core/r1')
    expect(Object.fromEntries([...fields!].map(([name, secret]) => [name, secret.reveal()]))).toEqual({
      ...{ username: 'netops', password: 'canary-password', pkey: key, secret: 'canary-enable' },
    })

    const kept = await own.here(['set', 'core/r1', '--keep', '--password-file', '-'], { stdin: 'canary-other' })
    expect(kept).toMatchObject({ stdout: 'core/r1  password pkey secret username\n', stderr: '' })
    const replaced = await own.here(['set', 'core/r1', '--password-file', '-'], { stdin: 'canary-other' })
    expect(replaced.stdout).toBe('core/r1  password\n')
    const listed = await own.run(['list'])
    expect(listed).toMatchObject({ code: 0, stdout: 'NAME     FIELDS\ncore/r1  password\n' })
    for (const ran of [set, kept, replaced, listed]) expect(ran.stdout + ran.stderr).not.toContain('canary')
    expect(await readFile(join(own.folder.path, 'state/credentials.json'), 'utf8')).not.toMatch(/canary|core|r1/)
  })

  it('removes entries, and nothing when one is unknown', async () => {
    await using own = await machine()
    await own.here(['set', 'core/r1', '--password-file', '-'], { stdin: 'p' })
    const unknown = await own.here(['remove', 'core/r1', 'core/r2', '--json'])
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(JSON.parse(unknown.stderr)).toMatchObject({ code: 'ENTRY_UNKNOWN' })
    expect(await own.here(['remove', 'core/r1'])).toMatchObject({ code: 0, stdout: 'core/r1  removed\n' })
    expect(await (await own.open()).list()).toEqual([])
  })

  it('seals the file anew with a new key; the old one is kept for what it sealed before', async () => {
    await using own = await machine()
    await own.here(['set', 'core/r1', '--password-file', '-'], { stdin: 'canary' })
    const sealedWith = async () =>
      JSON.stringify(JSON.parse(await readFile(join(own.folder.path, 'state/credentials.json'), 'utf8')))
    const before = await sealedWith()
    const rotated = await own.run(['rotate', '--new-key'])
    expect(rotated.code).toBe(0)
    expect(rotated.stderr).toContain('start them again')
    expect(await sealedWith()).not.toBe(before)
    const keyring = await loadKeyring(join(own.folder.path, 'state/keyring.json'))
    expect([keyring.current, keyring.keys.map(({ id }) => id)]).toEqual(['k2', ['k1', 'k2']])
    expect((await (await own.open()).find('core/r1'))?.get('password')?.reveal()).toBe('canary')
    expect((await readdir(join(own.folder.path, 'state'))).sort()).toEqual(['credentials.json', 'keyring.json'])
  })

  it('is what the server reads, also while it runs', async () => {
    await using own = await machine()
    const store = join(own.folder.path, 'state')
    await using server = await startServer({
      ...{ store, server: { port: 0 }, worker: { drain_timeout: 0 }, log: { level: 'error' } },
      credentials: { providers: { local: { plugin: 'file', cache_ttl: 0 } } },
    })
    await own.here(['set', 'core/r1', '-u', 'netops', '--password-file', '-'], { stdin: 'canary' })
    const env = { NETPULSE_URL: server.url, NETPULSE_API_KEY: server.newKey! }
    expect((await own.here(['test', 'core/r1'], { env })).stdout).toMatch(
      /^provider +local\nfields +password username\n/,
    )
    await own.here(['remove', 'core/r1'])
    expect((await own.here(['test', 'core/r1'], { env })).code).toBe(1)
  })

  it.each([
    { name: 'no sealed file', words: ['list', '--config', 'empty.yaml'], says: 'name it with --file' },
    { name: 'an unknown provider', words: ['list', '--provider', 'machine'], says: 'it has local' },
    { name: 'several', words: ['list', '--config', 'two.yaml'], says: '--provider: a, b' },
    { name: 'a store in memory', words: ['list', '--store', 'memory:'], says: '--keyring-file' },
    { name: 'a keyring that is not there', words: ['list', '--keyring-file', 'nowhere'], says: 'FILE_UNREADABLE' },
    { name: 'a configuration with a mistake', words: ['list', '--config', 'wrong.yaml'], says: 'CONFIG_INVALID' },
    { name: 'no terminal to ask on', words: ['set', 'core/r1'], says: 'SECRET_MISSING' },
    {
      name: 'a variable that is empty',
      words: ['set', 'x', '--field-env', 'password=NOWHERE'],
      says: 'SECRET_MISSING',
    },
    { name: 'a value where a file belongs', words: ['set', 'x', '--field-file', 'canary'], says: 'FIELD=FILE' },
    {
      name: 'a name that goes up',
      words: ['set', '../x', '--password-file', '-'],
      says: 'CREDENTIAL_REFERENCE_INVALID',
    },
  ])('refuses $name with 2', async ({ words, says }) => {
    await using own = await machine()
    await own.folder.write('empty.yaml', 'store: state\n')
    await own.folder.write('wrong.yaml', 'stroe: state\n')
    await own.folder.write(
      'two.yaml',
      'credentials: { providers: { a: { plugin: file }, b: { plugin: file, options: { file: b.json } } } }\n',
    )
    const ran = await own.here(words, { stdin: 'canary' })
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain(says)
    expect(ran.stderr).not.toContain('canary')
  })
})
