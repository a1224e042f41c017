import type { Device, JsonObject } from '@netpulse/core'
import { compileSchema, silentLogger, systemClock } from '@netpulse/core'
import type { Driver, DriverServices } from '../driver.js'
import type { HostKey, HostKeyStore, PinnedHostKey } from '../host-keys.js'
import type { CallContext, SendOptions, Session } from '../session.js'
import type { DriverUnderTest, TestDevice } from './driver-under-test.js'

/** Longest that any single call of a check may take, in milliseconds: a hang is a finding, not a wait. */
const callLimitMs = 10_000

/** Longest that an event may take once its cause is there. */
const eventLimitMs = 2_000

/** Longest that a process of a device may take to start, or to end. */
const processLimitMs = 5_000

/** Pause before something that takes its time is looked at again. */
const askAgainMs = 20

/** One driver, one device and the calls between them, for the length of one check. */
export class Bench {
  readonly under: DriverUnderTest
  readonly target: TestDevice
  readonly driver: Driver
  readonly #sessions: Session[] = []

  constructor(under: DriverUnderTest, target: TestDevice, driver: Driver) {
    this.under = under
    this.target = target
    this.driver = driver
  }

  context(signal?: AbortSignal): CallContext {
    const limit = AbortSignal.timeout(callLimitMs)
    return { signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) }
  }

  /** As the engine does: options checked and filled in by the manifest's schema. */
  async open(
    connection: JsonObject = this.target.connection,
    context = this.context(),
    device: Device = this.target.device,
  ): Promise<Session> {
    const checked = compileSchema<JsonObject>(this.under.manifest.connectionSchema).parse(
      structuredClone(connection),
      'connection_args',
    )
    const session = await this.driver.open({ device, connection: checked }, context)
    this.#sessions.push(session)
    return session
  }

  commandOptions(options: JsonObject = {}): SendOptions {
    return this.#options(this.under.manifest.commandSchema, options)
  }

  configOptions(options: JsonObject = {}): SendOptions {
    return this.#options(this.under.manifest.configSchema, options)
  }

  /** For what is no call and takes no signal. */
  async within(happened: Promise<void>, otherwise: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(otherwise)), eventLimitMs)
    })
    await Promise.race([happened, late]).finally(() => clearTimeout(timer))
  }

  /** Asks until the answer is as expected: a process on a device takes its time. */
  async eventually<Answer>(
    ask: () => Promise<Answer>,
    isRight: (answer: Answer) => boolean,
    otherwise: string,
  ): Promise<Answer> {
    const deadline = performance.now() + processLimitMs
    for (;;) {
      const answer = await ask()
      if (isRight(answer)) return answer
      if (performance.now() > deadline) throw new Error(`${otherwise}: ${JSON.stringify(answer)}`)
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
    }
  }

  async end(): Promise<void> {
    for (const session of this.#sessions) await session[Symbol.asyncDispose]()
    await this.target[Symbol.asyncDispose]()
  }

  #options(schema: object, options: JsonObject): SendOptions {
    const fill = (definition: object, input: JsonObject): JsonObject =>
      compileSchema<JsonObject>(definition as JsonObject).parse({ ...input }, 'options')
    return { options: fill(schema, options), switches: fill(this.under.manifest.switchesSchema, {}) }
  }
}

export async function openBench(under: DriverUnderTest): Promise<Bench> {
  const options = compileSchema<JsonObject>(under.manifest.optionsSchema).parse(
    { ...under.pluginOptions },
    'plugin options',
  )
  const makeDriver = await under.manifest.load(options)
  return new Bench(under, await under.device(), makeDriver(services()))
}

const services = (): DriverServices => ({ clock: systemClock, log: silentLogger, hostKeys: new TrustingStore() })

/** Host keys for the length of one check. */
class TrustingStore implements HostKeyStore {
  readonly #keys = new Map<string, PinnedHostKey>()

  find(address: string): Promise<PinnedHostKey | undefined> {
    return Promise.resolve(this.#keys.get(address))
  }

  pin(address: string, key: HostKey): Promise<PinnedHostKey> {
    const pinned = this.#keys.get(address)
    return pinned === undefined ? this.replace(address, key) : Promise.resolve(pinned)
  }

  replace(address: string, key: HostKey): Promise<PinnedHostKey> {
    const pinned = { ...key, address, firstSeenAt: new Date() }
    this.#keys.set(address, pinned)
    return Promise.resolve(pinned)
  }

  remove(address: string): Promise<boolean> {
    return Promise.resolve(this.#keys.delete(address))
  }

  list(): Promise<readonly PinnedHostKey[]> {
    return Promise.resolve([...this.#keys.values()])
  }
}
