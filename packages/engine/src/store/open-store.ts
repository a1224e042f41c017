import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { NodeId } from '@netpulse/core'
import type { Keyring, Sealer } from '@netpulse/credentials'
import { createSealer, loadKeyring, temporaryKeyring } from '@netpulse/credentials'
import type { HostKeyStore } from '@netpulse/driver-sdk'
import type { QueueBackend } from '@netpulse/queue'
import { createInProcessBackend, lockFolder } from '@netpulse/queue'
import type { RedisOptions, SharedRecords } from '@netpulse/queue-redis'
import { createFileHostKeyStore, createMemoryHostKeyStore } from '@netpulse/session'
import { auditLimitsOf } from '../audit/audit-options.js'
import { indexedNodeId, passingNodeId, stableNodeId } from '../node-id.js'
import type { Settings } from '../options.js'
import { checkKeyring } from './keyring-check.js'
import { sharedHostKeys } from './shared-host-keys.js'

/** The store that is lost on exit. */
const memory = 'memory:'

/** Everything that outlives a job: the backend, started, and what a process keeps beside it. */
export interface OpenStore {
  readonly backend: QueueBackend
  readonly node: NodeId
  readonly sealer: Sealer
  /** What the sealer seals with. */
  readonly keyring: Keyring
  readonly hostKeys: HostKeyStore
  /** Whether jobs survive this process. */
  readonly durable: boolean
  readonly records?: (collection: string) => SharedRecords
  /** Stops the backend and closes what is below it. */
  close(): Promise<void>
}

/** @throws STORE_UNAVAILABLE, KEYRING_INVALID, KEYRING_MISMATCH, and what Redis refuses */
export function openStore(settings: Settings, leaseTtlMs: number): Promise<OpenStore> {
  const { redis } = settings
  return redis === undefined ? openOwnStore(settings, leaseTtlMs) : openSharedStore(settings, redis, leaseTtlMs)
}

async function openOwnStore(settings: Settings, leaseTtlMs: number): Promise<OpenStore> {
  const { store, clock, logger, maxQueuedPerDevice, maxQueued } = settings
  const backend = createInProcessBackend({
    store: store === memory ? memory : resolve(store),
    clock,
    logger,
    limits: { maxQueuedPerDevice, maxQueued },
    leaseTtlMs,
    audit: auditLimitsOf(settings.audit, 'folder'),
  })
  // Before anything in the folder is read or made: the lock that the backend takes says whose it is.
  await backend.start()
  try {
    return { backend, ...(await belongingsOf(settings)), close: () => backend.stop() }
  } catch (error) {
    await backend.stop()
    throw error
  }
}

async function belongingsOf(settings: Settings): Promise<Omit<OpenStore, 'backend' | 'close'>> {
  const { store, hostKeys, clock } = settings
  if (store === memory) {
    const keyring = temporaryKeyring()
    const sealer = createSealer(keyring)
    return { node: passingNodeId(), sealer, keyring, hostKeys: hostKeys ?? createMemoryHostKeyStore(), durable: false }
  }
  const folder = await folderOf(store)
  const node = await stableNodeId(folder)
  const keyring = await loadKeyring(keyringFileOf(settings, folder))
  return {
    node,
    sealer: createSealer(keyring),
    keyring,
    hostKeys: hostKeys ?? createFileHostKeyStore(join(folder, 'host-keys.json'), clock),
    durable: true,
  }
}

/** Nobody without Redis loads its client. */
async function openSharedStore(settings: Settings, options: RedisOptions, leaseTtlMs: number): Promise<OpenStore> {
  const { store, logger, clock, hostKeys, nodeIndex, maxQueuedPerDevice, maxQueued } = settings
  const folder = await folderOf(store)
  const keyringFile = keyringFileOf(settings, folder)
  const keyring = await loadKeyring(keyringFile)
  const unlock = lockNode(settings, folder)
  const { openRedis } = await import('@netpulse/queue-redis')
  const redis = await openRedis(options, logger).catch((error: unknown) => {
    unlock()
    throw error
  })
  const close = (): Promise<void> => redis.close().finally(unlock)
  try {
    await checkKeyring(redis.records('deployment'), keyring, keyringFile)
    const audit = auditLimitsOf(settings.audit, 'redis')
    const backend = redis.backend({ logger, limits: { maxQueuedPerDevice, maxQueued }, leaseTtlMs, audit })
    await backend.start()
    return {
      backend,
      node: indexedNodeId(await stableNodeId(folder), nodeIndex),
      sealer: createSealer(keyring),
      keyring,
      hostKeys: hostKeys ?? sharedHostKeys(redis.records('host-keys'), clock),
      durable: true,
      records: (collection) => redis.records(collection),
      close: () => backend.stop().finally(close),
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * A new life of a node is the end of the one before: no other process may live it, not even one that was stopped and
 * goes on later. A controller is no node.
 * @throws STORE_UNAVAILABLE
 */
function lockNode({ work, nodeIndex }: Settings, folder: string): () => void {
  if (work === 'none') return () => undefined
  return lockFolder(nodeIndex === undefined ? folder : join(folder, 'nodes', String(nodeIndex)))
}

const keyringFileOf = ({ keyringFile }: Settings, folder: string): string =>
  keyringFile === undefined ? join(folder, 'keyring.json') : resolve(keyringFile)

async function folderOf(store: string): Promise<string> {
  const folder = resolve(store)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}
