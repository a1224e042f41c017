import { resolve } from 'node:path'
import type { PluginHost } from '@netpulse/plugin-host'
import { openPluginHost } from '@netpulse/plugin-host'
import type { Scheduler } from '@netpulse/plugin-sdk'
import { decideLostJob } from '@netpulse/queue'
import { schedulers } from '@netpulse/scheduler'
import type { NetPulse, NetPulseOptions } from './netpulse.js'
import { openCredentials } from './credentials/open-credentials.js'
import { settingsOf } from './options.js'
import { startEngine } from './start-engine.js'
import { openStorage } from './store/open-storage.js'
import { openStore } from './store/open-store.js'
import { nodeTimesOf } from './work/node-times.js'

/**
 * Starts NetPulse in this process: jobs that an earlier process left behind are taken over, waiting ones go on.
 * @throws INVALID_INPUT for an option that is not allowed; the errors of the plugin host; STORE_UNAVAILABLE when another
 *   process uses the store; KEYRING_INVALID; with `redis` also REDIS_UNREACHABLE, REDIS_REFUSED, REDIS_TOO_OLD and
 *   KEYRING_MISMATCH; with `credentials` also PLUGIN_UNKNOWN; with `storage.staging` STORAGE_UNAVAILABLE, STORAGE_NOT_SHARED
 */
export async function createNetPulse(options: NetPulseOptions = {}): Promise<NetPulse> {
  const settings = settingsOf(options)
  const { appDir, plugins: table, afterUnknownOutcome, onEndRequested } = settings
  const plugins = await openPluginHost({ appDir: resolve(appDir), plugins: table })
  const scheduler = await schedulerOf(plugins, settings.scheduler)
  const times = nodeTimesOf(settings.leaseSeconds)
  const { close, keyring, ...store } = await openStore(settings, times.leaseMs)
  try {
    const { clock, logger: log } = settings
    const credentials = openCredentials({ settings: settings.credentials, plugins, keyring, clock, log })
    const { backend, records } = store
    const shared = records === undefined ? {} : { records }
    const storage = await openStorage(settings, { keyring, jobs: backend.jobs, ...shared })
    return await startEngine({
      settings,
      plugins,
      scheduler,
      ...store,
      credentials,
      ...(storage === undefined ? {} : { storage }),
      closeStore: close,
      decideLostJob: (job) => decideLostJob(job, { afterUnknownOutcome }),
      times,
      ...(onEndRequested === undefined ? {} : { onEndRequested }),
    })
  } catch (error) {
    await close()
    throw error
  }
}

async function schedulerOf(plugins: PluginHost, name: string): Promise<Scheduler> {
  const builtin: Readonly<Record<string, Scheduler>> = schedulers
  return Object.hasOwn(builtin, name) ? builtin[name]! : plugins.get('scheduler', name).load()
}
