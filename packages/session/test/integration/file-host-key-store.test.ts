import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFileHostKeyStore } from '../../src/index.js'
import { errorOf } from '../support/errors-of.js'

const key = (letter: string): { type: string; fingerprint: string } => ({
  type: 'ssh-ed25519',
  fingerprint: letter.repeat(43),
})

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netpulse-host-keys-'))
  path = join(folder, 'host-keys.json')
})
afterEach(() => rm(folder, { recursive: true }))

describe('the file host key store', () => {
  it('gives a later store the keys of an earlier one', async () => {
    const pinned = await createFileHostKeyStore(path).pin('r1:22', key('a'))
    expect(await createFileHostKeyStore(path).find('r1:22')).toEqual(pinned)
  })

  it('writes a file that only its owner can read, also over one that all could', async () => {
    await writeFile(path, '{"version":1,"keys":{}}', { mode: 0o666 })
    await chmod(path, 0o666)
    await createFileHostKeyStore(path).pin('r1:22', key('a'))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('leaves no temporary file behind', async () => {
    const store = createFileHostKeyStore(path)
    await Promise.all([...'abc'].map((letter) => store.pin(`${letter}:22`, key(letter))))
    expect(await readdir(folder)).toEqual(['host-keys.json'])
  })

  it('replaces the file as a whole: a reader sees the old or the new one', async () => {
    const store = createFileHostKeyStore(path)
    await store.pin('r1:22', key('a'))
    const before = await stat(path)
    await store.pin('r2:22', key('b'))
    expect((await stat(path)).ino).not.toBe(before.ino)
  })

  it('sees what an operator changed in the file', async () => {
    const store = createFileHostKeyStore(path)
    await store.pin('r1:22', key('a'))
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replaceAll('a'.repeat(43), 'b'.repeat(43)))
    expect((await store.find('r1:22'))?.fingerprint).toBe('b'.repeat(43))
    await rm(path)
    expect(await store.find('r1:22')).toBeUndefined()
  })

  it.each([
    { name: 'no JSON', text: '{"version":1,', says: 'is not JSON' },
    { name: 'an empty file', text: '', says: 'is not JSON' },
    { name: 'another version', text: '{"version":2,"keys":{}}', says: 'version' },
    { name: 'a fingerprint that is none', text: broken({ fingerprint: 'aa:bb' }), says: 'fingerprint' },
    { name: 'an unknown member', text: broken({ trusted: true }), says: 'trusted' },
  ])('refuses every call for $name and leaves the file as it is', async ({ text, says }) => {
    await writeFile(path, text)
    const store = createFileHostKeyStore(path)
    for (const call of [store.find('r1:22'), store.pin('r1:22', key('b')), store.replace('r1:22', key('b'))]) {
      const error = await errorOf(call)
      expect(error.code).toBe('HOST_KEY_STORE_INVALID')
      expect(error.message).toContain(path)
      expect(error.message).toContain(says)
    }
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('works again once the file is repaired', async () => {
    await writeFile(path, 'broken')
    const store = createFileHostKeyStore(path)
    expect((await errorOf(store.find('r1:22'))).code).toBe('HOST_KEY_STORE_INVALID')
    await rm(path)
    expect((await store.pin('r1:22', key('a'))).fingerprint).toBe('a'.repeat(43))
  })

  it('refuses a path that is a folder', async () => {
    await mkdir(path)
    expect((await errorOf(createFileHostKeyStore(path).find('r1:22'))).code).toBe('HOST_KEY_STORE_INVALID')
  })
})

function broken(change: object): string {
  const entry = { type: 'ssh-ed25519', fingerprint: 'a'.repeat(43), firstSeenAt: '2026-01-01T00:00:00.000Z', ...change }
  return JSON.stringify({ version: 1, keys: { 'r1:22': entry } })
}
