import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { NodeId } from '@netpulse/core'
import type { Sealer } from '@netpulse/credentials'
import { createSealer, loadKeyring, temporaryKeyring } from '@netpulse/credentials'
import type { HostKeyStore } from '@netpulse/driver-sdk'
import type { PluginHost } from '@netpulse/plugin-host'
import { openPluginHost } from '@netpulse/plugin-host'
import type { Scheduler } from '@netpulse/plugin-sdk'
import type { QueueBackend } from '@netpulse/queue'
import { createInProcessBackend, decideLostJob } from '@netpulse/queue'
import { schedulers } from '@netpulse/scheduler'
import { createFileHostKeyStore, createMemoryHostKeyStore } from '@netpulse/session'
import type { NetPulse, NetPulseOptions } from './netpulse.js'
import { passingNodeId, stableNodeId } from './node-id.js'
import type { Settings } from './options.js'
import { settingsOf } from './options.js'
import { startEngine } from './start-engine.js'

/** The store that is lost on exit. */
const memory = 'memory:'

/** Without a heartbeat for this long a node is lost; it fences itself before. */
const leaseTtlMs = 15_000
const times = { heartbeatMs: 3_000, fenceMs: 10_000, reapMs: 5_000 } as const

/**
 * Starts NetPulse in this process: jobs that an earlier process left behind are taken over, waiting ones go on.
 * @throws INVALID_INPUT for an option that is not allowed; the errors of the plugin host; STORE_UNAVAILABLE when another
 *   process uses the store; KEYRING_INVALID
 */
export async function createNetPulse(options: NetPulseOptions = {}): Promise<NetPulse> {
  const settings = settingsOf(options)
  const { appDir, plugins: table } = settings
  const plugins = await openPluginHost({ appDir: resolve(appDir), plugins: table })
  const scheduler = await schedulerOf(plugins, settings.scheduler)
  const backend = backendOf(settings)
  try {
    // Before anything in the folder is read or made: the lock that the backend takes says whose it is.
    await backend.start()
    const belongings = await belongingsOf(settings)
    const { afterUnknownOutcome } = settings
    return await startEngine({
      settings,
      backend,
      plugins,
      scheduler,
      ...belongings,
      decideLostJob: (job) => decideLostJob(job, { afterUnknownOutcome }),
      times,
    })
  } catch (error) {
    await backend.stop()
    throw error
  }
}

const isMemory = (store: string): boolean => store === memory

function backendOf(settings: Settings): QueueBackend {
  const { store, clock, logger, maxQueuedPerDevice, maxQueued } = settings
  return createInProcessBackend({
    store: isMemory(store) ? memory : resolve(store),
    clock,
    logger,
    limits: { maxQueuedPerDevice, maxQueued },
    leaseTtlMs,
  })
}

async function schedulerOf(plugins: PluginHost, name: string): Promise<Scheduler> {
  const builtin: Readonly<Record<string, Scheduler>> = schedulers
  return Object.hasOwn(builtin, name) ? builtin[name]! : plugins.get('scheduler', name).load()
}

interface Belongings {
  readonly node: NodeId
  readonly sealer: Sealer
  readonly hostKeys: HostKeyStore
  readonly durable: boolean
}

/** What a process keeps beside its jobs. */
async function belongingsOf({ store, hostKeys, clock }: Settings): Promise<Belongings> {
  if (isMemory(store)) {
    const sealer = createSealer(temporaryKeyring())
    return { node: passingNodeId(), sealer, hostKeys: hostKeys ?? createMemoryHostKeyStore(), durable: false }
  }
  const folder = resolve(store)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return {
    node: await stableNodeId(folder),
    sealer: createSealer(await loadKeyring(join(folder, 'keyring.json'))),
    hostKeys: hostKeys ?? createFileHostKeyStore(join(folder, 'host-keys.json'), clock),
    durable: true,
  }
}
