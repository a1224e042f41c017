import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createFileHostKeyStore, createMemoryHostKeyStore } from '../../src/index.js'
import { hostKeyStoreContract } from './host-key-store-contract.js'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

hostKeyStoreContract('the memory store', async (clock) => createMemoryHostKeyStore(clock))
hostKeyStoreContract('the file store', async (clock) => {
  const folder = await mkdtemp(join(tmpdir(), 'netpulse-host-keys-'))
  folders.push(folder)
  return createFileHostKeyStore(join(folder, 'deeper', 'host-keys.json'), clock)
})
