import type { ErrorData, JobRecord, JournalEntry, JsonObject, Logger, NetPulseError } from '@netpulse/core'
import { asIncarnation, fitsOutcome } from '@netpulse/core'
import { FakeClock } from '@netpulse/core/testing'
import { createCredentialResolver } from '@netpulse/credentials'
import type { Claim, Delivery, Ending } from '@netpulse/queue'
import { laneOf, queueNameOf } from '@netpulse/queue'
import { JobRunner } from '../../src/run/job-runner.js'
import type { DeliveryEnd } from '../../src/run/job-runner.js'
import { JobOpener } from '../../src/run/job-opener.js'
import type { RunnerOptions } from '../../src/run/runner-options.js'
import { DeviceSessions } from '../../src/sessions/device-sessions.js'
import { OpenGate } from '../../src/sessions/open-gate.js'
import { OpeningPlaces } from '../../src/sessions/opening-places.js'
import { SessionOpener } from '../../src/sessions/session-opener.js'
import type { Observation } from '../../src/observer.js'
import type { SubmitRequest } from '../../src/netpulse.js'
import { checkRequest } from '../../src/submit/checked-request.js'
import { DriverCatalog } from '../../src/submit/driver-catalog.js'
import { newJobOf } from '../../src/submit/new-job.js'
import { loginGuardOf } from './login-guard.js'
import { plainSealer } from './plain-sealer.js'
import { pluginsOf } from './plugins.js'
import type { ScriptedDevice } from './scripted-device.js'
import { ScriptedNetwork, scriptedManifest } from './scripted-driver.js'

/** Writes that a runner made, in order. */
export type Written =
  | { readonly journal: JournalEntry }
  | { readonly ending: Ending }
  | { readonly retry: ErrorData; readonly delayMs: number }

export interface Run {
  readonly job: JobRecord
  readonly end: Promise<DeliveryEnd>
  readonly cancel: (reason: NetPulseError) => void
}

/** One runner, one device's sessions and a store that keeps what is written to it. */
export class RunnerBench {
  readonly clock = new FakeClock()
  readonly network = new ScriptedNetwork()
  readonly written: Written[] = []
  /** What was told of running jobs. */
  readonly outputs: string[] = []
  readonly observed: Observation[] = []
  readonly logged: { readonly fields: JsonObject; readonly message: string }[] = []
  readonly runner: JobRunner
  readonly sessions: DeviceSessions
  readonly catalog = new DriverCatalog(pluginsOf(scriptedManifest(this.network)))
  trusted = true
  /** Called before a write; may throw as a store does. */
  onWrite: (written: Written) => Promise<void> = async () => undefined
  readonly #opener = new JobOpener()

  constructor(options: Partial<RunnerOptions> = {}) {
    const { clock, catalog } = this
    const log = this.#logger()
    const hostKeys = {} as never
    const observe = (observation: Observation): void => void this.observed.push(observation)
    const opener = new SessionOpener({
      services: { clock, log, hostKeys },
      gate: new OpenGate(),
      guard: loginGuardOf({ clock, observe }),
      places: new OpeningPlaces(clock),
      observe,
    })
    this.sessions = new DeviceSessions({
      opener,
      clock,
      observe,
      limit: 1,
      probeAfterMs: 30_000,
      idleTimeoutMs: 600_000,
      onGone: () => undefined,
    })
    const write = async (written: Written): Promise<void> => {
      await this.onWrite(written)
      this.written.push(written)
    }
    this.runner = new JobRunner({
      catalog,
      sealer: plainSealer,
      credentials: createCredentialResolver({ providers: new Map(), clock }),
      fingerprintKey: new Uint8Array(32),
      jobs: {
        journal: (_claim, journal) => write({ journal }),
        finish: async (_claim, ending) => {
          if (!fitsOutcome(ending.status, ending.outcome)) throw new Error(`${ending.status}/${ending.outcome}`)
          await write({ ending })
          return {} as JobRecord
        },
        retry: (_claim, delayMs, retry) => write({ retry, delayMs }),
        output: (_id, _attempt, text) => void this.outputs.push(text),
        progress: () => undefined,
      },
      clock,
      log,
      observe,
      holdUnknown: true,
      durable: true,
      random: () => 0.5,
      isTrusted: () => this.trusted,
      ...options,
    })
  }

  async start(request: Partial<SubmitRequest>, attempt = 1): Promise<Run> {
    const job = await this.jobOf(request, attempt)
    const controller = new AbortController()
    const claim: Claim = { jobId: job.id, attempt, incarnation: asIncarnation('i') }
    const delivery: Delivery = { job, claim, signal: controller.signal }
    const lend = job.strategy === 'pinned' ? this.sessions.lend : this.sessions.lendOnce
    return {
      job,
      end: this.runner.run(delivery, lend, this.#opener),
      cancel: (reason) => controller.abort(reason),
    }
  }

  async run(request: Partial<SubmitRequest>, attempt = 1): Promise<Ending> {
    const { end } = await this.start(request, attempt)
    await end
    return this.ending
  }

  /** The last ending that was written. */
  get ending(): Ending {
    const last = this.written.findLast((one) => 'ending' in one)
    if (last === undefined || !('ending' in last)) throw new Error('no job has ended')
    return last.ending
  }

  get phases(): readonly string[] {
    return this.written.flatMap((one) => ('journal' in one ? [one.journal.phase] : []))
  }

  async jobOf(request: Partial<SubmitRequest>, attempt: number): Promise<JobRecord> {
    const full = { driver: 'scripted', connectionArgs: { host: 'r1', password: 'pa55word' }, ...request }
    const job = newJobOf(await checkRequest(this.catalog, full), { sealer: plainSealer, now: this.clock.now() })
    return {
      ...job,
      deviceId: job.request.device.id,
      status: 'started',
      queue: queueNameOf(laneOf(job), job.request.device.host),
      attempt,
      progress: [],
      cancelRequested: false,
    }
  }

  #logger(): Logger {
    const keep = (fields: JsonObject, message: string): void => void this.logged.push({ fields, message })
    return { debug: keep, info: keep, warn: keep, error: keep }
  }
}

/** A bench whose device `r1` is line-live, or keeps a candidate. */
export function benchWith(kind: 'live' | 'candidate'): {
  readonly bench: RunnerBench
  readonly device: ScriptedDevice
} {
  const bench = new RunnerBench()
  const device = bench.network.device('r1')
  device.hasCandidate = kind === 'candidate'
  return { bench, device }
}

export const inputsOf = (device: ScriptedDevice): string[] => device.inputs.map((input) => input.replace('admin:', ''))
