import type { JobRecord, Logger } from '@netpulse/core'
import { asNodeId } from '@netpulse/core'
import type { HostKeyStore } from '@netpulse/driver-sdk'
import { createInProcessBackend, decideLostJob } from '@netpulse/queue'
import type { Engine } from '../../src/engine.js'
import type { NetPulseOptions, SubmitRequest } from '../../src/netpulse.js'
import { settingsOf } from '../../src/options.js'
import { startEngine } from '../../src/start-engine.js'
import type { EngineSetup } from '../../src/start-engine.js'
import { nodeTimesOf } from '../../src/work/node-times.js'
import { plainSealer } from './plain-sealer.js'
import { pluginsOf } from './plugins.js'
import type { ScriptedNetwork } from './scripted-driver.js'
import { scriptedManifest } from './scripted-driver.js'

export interface BenchOptions extends NetPulseOptions {
  readonly setup?: Partial<EngineSetup>
}

/** Log entries of the engines that use it; only what warns or worse. */
export class KeptLog implements Logger {
  readonly entries: string[] = []
  readonly debug = (): void => undefined
  readonly info = (): void => undefined
  readonly warn = (fields: object, message: string): void =>
    void this.entries.push(`${message} ${JSON.stringify(fields)}`)
  readonly error = this.warn
}

const noHostKeys: HostKeyStore = {
  find: async () => undefined,
  pin: async (address, key) => ({ address, ...key, firstSeenAt: new Date() }),
  replace: async (address, key) => ({ address, ...key, firstSeenAt: new Date() }),
  remove: async () => false,
  list: async () => [],
}

/** An engine on the real in-process backend, with devices in memory. */
export async function startBench(network: ScriptedNetwork, { setup, ...options }: BenchOptions = {}): Promise<Engine> {
  const settings = settingsOf({ store: 'memory:', ...options })
  const { store, clock, logger, maxQueued, maxQueuedPerDevice } = settings
  const backend = createInProcessBackend({ store, clock, logger, limits: { maxQueued, maxQueuedPerDevice } })
  await backend.start()
  return startEngine({
    settings,
    backend,
    plugins: pluginsOf(scriptedManifest(network)),
    scheduler: { place: (devices, nodes) => devices.map(() => nodes[0]?.node) },
    sealer: plainSealer,
    hostKeys: noHostKeys,
    node: asNodeId('node-1'),
    durable: store !== 'memory:',
    decideLostJob: (job) => decideLostJob(job, { afterUnknownOutcome: settings.afterUnknownOutcome }),
    times: nodeTimesOf(settings.leaseSeconds),
    ...setup,
  })
}

export const request = (host: string, more: Partial<SubmitRequest>): SubmitRequest => ({
  driver: 'scripted',
  connectionArgs: { host, password: 'pa55word' },
  ...more,
})

/** Submits and waits for the end. */
export async function run(engine: Engine, host: string, more: Partial<SubmitRequest>): Promise<JobRecord> {
  const { id } = await engine.submit(request(host, more))
  return engine.wait(id)
}
