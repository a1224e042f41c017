import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNetPulseError } from '@netpulse/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Keyring } from '../../src/index.js'
import { openCredentialFile } from '../../src/index.js'

const key = (id: string) => ({ id, key: randomBytes(32) })

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpulse-credential-file-'))
  path = join(folder, 'below', 'credentials.json')
})
afterEach(() => rm(folder, { recursive: true }))

const keyringOf = (...keys: ReturnType<typeof key>[]): Keyring => ({ keys, current: keys[0]!.id })

const errorOf = (call: Promise<unknown>): Promise<[string, string]> =>
  call.then(
    () => ['no error', ''],
    (error: unknown) => (isNetPulseError(error) ? [error.code, error.message] : [String(error), '']),
  )

describe('a file of credentials', () => {
  it('keeps entries, lists them by name, and takes them out again', async () => {
    const file = openCredentialFile(path, keyringOf(key('k1')))
    expect(await file.list()).toEqual([])
    await file.set('core/r2', { username: 'u2', password: 'p2-secret' })
    await file.set('core/r1', { password: 'p1-secret' })
    await file.set('core/r1', { username: 'u1', pkey: 'line 1\nline 2\n' })
    expect(await file.list()).toEqual([
      { name: 'core/r1', fields: ['pkey', 'username'] },
      { name: 'core/r2', fields: ['password', 'username'] },
    ])
    expect((await file.find('core/r1'))?.get('pkey')?.reveal()).toBe('line 1\nline 2\n')
    expect([await file.remove('core/r1'), await file.remove('core/r1')]).toEqual([true, false])
    expect(await file.find('core/r1')).toBeUndefined()
  })

  it('is readable by its owner alone, tells neither names nor values, and leaves nothing beside it', async () => {
    const file = openCredentialFile(path, keyringOf(key('k1')))
    await file.set('core/router-name', { password: 'hunter2-hunter2' })
    const { mode } = await stat(path)
    expect(mode & 0o777).toBe(0o600)
    const text = await readFile(path, 'utf8')
    expect(text).not.toMatch(/router-name|password|hunter2/)
    expect(text).not.toContain(Buffer.from('hunter2-hunter2').toString('base64').slice(0, 18))
    expect(await readdir(join(folder, 'below'))).toEqual(['credentials.json'])
  })

  it('loses none of the changes that are made at once, in one process and by several holders', async () => {
    const keyring = keyringOf(key('k1'))
    const file = openCredentialFile(path, keyring)
    await Promise.all(Array.from({ length: 20 }, (_, index) => file.set(`r${index}`, { password: `p${index}` })))
    expect(await openCredentialFile(path, keyring).list()).toHaveLength(20)
    await writeFile(`${path}.lock`, '1')
    const [code, message] = await errorOf(openCredentialFile(path, keyring).set('x', { password: 'p' }))
    expect(code).toBe('CREDENTIAL_FILE_BUSY')
    expect(message).toContain(`${path}.lock`)
    expect(await file.list()).toHaveLength(20)
  })

  it('is sealed anew by a rotation, after which the old key can go', async () => {
    const [first, second] = [key('k1'), key('k2')]
    await openCredentialFile(path, keyringOf(first)).set('r1', { password: 'p1' })
    await openCredentialFile(path, keyringOf(second, first)).rotate()
    const [entry] = await openCredentialFile(path, keyringOf(second)).list()
    expect(entry?.name).toBe('r1')
    const [code] = await errorOf(openCredentialFile(path, keyringOf(first)).list())
    expect(code).toBe('CREDENTIAL_FILE_INVALID')
  })

  const damages = [
    { name: 'is not JSON', damage: () => writeFile(path, 'not json'), says: /not JSON/ },
    {
      name: 'is cut off',
      damage: async () => writeFile(path, (await readFile(path)).subarray(0, 60)),
      says: /not JSON/,
    },
    { name: 'is something else', damage: () => writeFile(path, '{"version":1}'), says: /not a file of credentials/ },
    {
      name: 'was changed',
      damage: async () => writeFile(path, (await readFile(path, 'utf8')).replace(/.{6}"}/, 'AAAAAA"}')),
      says: /damaged/,
    },
    { name: 'can be read by others', damage: () => chmod(path, 0o644), says: /chmod 600/ },
  ]
  it.each(damages)('that $name is refused with a sentence, and not written over', async ({ damage, says }) => {
    const file = openCredentialFile(path, keyringOf(key('k1')))
    await file.set('r1', { password: 'p1-secret' })
    await damage()
    const before = await readFile(path, 'utf8')
    for (const call of [file.list(), file.find('r1'), file.set('r2', { password: 'x' }), file.rotate()]) {
      const [code, message] = await errorOf(call)
      expect(code).toBe('CREDENTIAL_FILE_INVALID')
      expect(message).toMatch(says)
    }
    expect(await readFile(path, 'utf8')).toBe(before)
    expect(await readdir(join(folder, 'below'))).toEqual(['credentials.json'])
  })

  it('says that it was sealed with a key that the keyring lacks, or with another of that name', async () => {
    await openCredentialFile(path, keyringOf(key('k1'))).set('r1', { password: 'p1' })
    const [, lacking] = await errorOf(openCredentialFile(path, keyringOf(key('k9'))).list())
    expect(lacking).toMatch(/a key that the keyring does not have \(The keyring has no key "k1"\.\)/)
    const [, other] = await errorOf(openCredentialFile(path, keyringOf(key('k1'))).list())
    expect(other).toMatch(/another key of the same name/)
  })

  const invalid = [
    { name: 'a name that goes up', entry: '../x', fields: { password: 'p' } },
    { name: 'a name with a slash before it', entry: '/x', fields: { password: 'p' } },
    { name: 'no field', entry: 'x', fields: {} },
    { name: 'a field with a space', entry: 'x', fields: { 'pass word': 'p' } },
  ]
  it.each(invalid)('takes no entry with $name', async ({ entry, fields }) => {
    const file = openCredentialFile(path, keyringOf(key('k1')))
    expect((await errorOf(file.set(entry, fields as Record<string, string>)))[0]).toBe('CREDENTIAL_REFERENCE_INVALID')
  })
})
