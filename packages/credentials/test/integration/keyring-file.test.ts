import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addKeyringKey, loadKeyring } from '../../src/keyring-file.js'

describe('loadKeyring', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netpulse-keyring-'))
    path = join(folder, 'keyring.json')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('makes a key at first use that only its owner can read, and finds it again', async () => {
    const first = await loadKeyring(path)
    expect(first.keys[0]?.key).toHaveLength(32)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await loadKeyring(path)).toEqual(first)
  })

  it('makes one key when two start at once', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => loadKeyring(path)))
    for (const ring of rings) expect(ring).toEqual(rings[0])
    expect(await readdir(folder)).toEqual(['keyring.json'])
  })

  it('refuses a file that others may read', async () => {
    await loadKeyring(path)
    await chmod(path, 0o644)
    await expect(loadKeyring(path)).rejects.toMatchObject({
      code: 'KEYRING_INVALID',
      message: expect.stringContaining('chmod 600'),
    })
  })

  it.each([
    { name: 'text that is no JSON', text: 'hello' },
    { name: 'a key of another length', text: '{"current":"k1","keys":{"k1":"AAAA"}}' },
    { name: 'an unknown field', text: '{"current":"k1","keys":{},"more":1}' },
  ])('refuses $name, without a word of what it says', async ({ text }) => {
    await writeFile(path, text, { mode: 0o600 })
    const error = await loadKeyring(path).catch((reason: unknown) => reason as Error & { code: string })
    expect(error).toMatchObject({ code: 'KEYRING_INVALID' })
    expect((error as Error).message).not.toContain('AAAA')
  })
})

describe('addKeyringKey', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netpulse-keyring-'))
    path = join(folder, 'keyring.json')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('makes a new key the current one and keeps those before, readable by its owner alone', async () => {
    const first = await loadKeyring(path)
    const second = await addKeyringKey(path)
    expect(second.current).toBe('k2')
    expect(second.keys.map(({ id }) => id)).toEqual(['k1', 'k2'])
    expect(second.keys[0]).toEqual(first.keys[0])
    expect(await loadKeyring(path)).toEqual(second)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['keyring.json'])
  })

  it('takes no id that is there, whatever the others are called', async () => {
    const key = 'A'.repeat(43) + '='
    await writeFile(path, JSON.stringify({ current: 'mine', keys: { mine: key, k7: key } }), { mode: 0o600 })
    expect((await addKeyringKey(path)).current).toBe('k8')
  })

  it('changes nothing in a file that is not a keyring, or that another process changes', async () => {
    await writeFile(path, 'hello', { mode: 0o600 })
    await expect(addKeyringKey(path)).rejects.toMatchObject({ code: 'KEYRING_INVALID' })
    await writeFile(`${path}.lock`, '1')
    await expect(addKeyringKey(path)).rejects.toMatchObject({ code: 'CREDENTIAL_FILE_BUSY' })
    expect(await readFile(path, 'utf8')).toBe('hello')
    await expect(addKeyringKey(join(folder, 'no', 'where.json'))).rejects.toMatchObject({ code: 'KEYRING_INVALID' })
  })
})
