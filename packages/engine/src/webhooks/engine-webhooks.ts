import { isNetPulseError, Secret } from '@netpulse/core'
import type { Sealer } from '@netpulse/credentials'
import type { PluginHost } from '@netpulse/plugin-host'
import type { Notifier } from '@netpulse/plugin-sdk'
import type { Outbox } from '@netpulse/queue'
import type { Storage } from '@netpulse/storage'
import type { OpenGuardedHttp, WebhookPoolOptions } from '@netpulse/webhooks'
import {
  basicNotifier,
  basicNotifierName,
  createGuardedHttp,
  createSigner,
  webhookError,
  WebhookPool,
} from '@netpulse/webhooks'
import type { Settings } from '../options.js'
import { WebhookIntake } from './webhook-intake.js'

export interface EngineWebhooksOptions {
  readonly settings: Settings
  readonly plugins: PluginHost
  readonly sealer: Sealer
  readonly outbox: Outbox
  /** Where files of jobs are. @defaultValue nowhere: their URLs are not told */
  readonly storage?: Storage
}

/** Time that attempts get at a shutdown; those that are not done are somebody else's. Milliseconds. */
const graceMs = 3_000

/** A receiver gets a link: it has no key, and whoever named it may have the file. */
function urlsOf({ externalUrl }: Settings, storage: Storage | undefined): Pick<WebhookPoolOptions, 'urlOfFile'> {
  if (externalUrl === undefined || storage === undefined) return {}
  return { urlOfFile: (at) => (fileId) => storage.urlOf(fileId, { base: externalUrl, from: at }) }
}

/** Webhooks of one engine: what takes them in, and, where jobs run, what delivers. */
export class EngineWebhooks {
  readonly intake: WebhookIntake
  readonly #http: OpenGuardedHttp
  readonly #plugins: PluginHost
  readonly #pool: WebhookPool

  /** @throws INVALID_INPUT for a secret or a range that is none */
  constructor({ settings, plugins, sealer, outbox, storage }: EngineWebhooksOptions) {
    const { allow = [], secret, previousSecret, concurrency, perReceiver } = settings.webhooks
    const secrets = [secret, previousSecret].flatMap((text) => (text === undefined ? [] : [new Secret(text)]))
    this.#plugins = plugins
    this.#http = createGuardedHttp({ allow })
    this.intake = new WebhookIntake({
      sealer,
      checkUrl: (url) => this.#http.check(url),
      checkName: (name) => void this.#find(name),
    })
    this.#pool = new WebhookPool({
      outbox,
      http: this.#http,
      signer: createSigner(secrets),
      notifierOf: (name) => this.#find(name)(),
      targetOf: (job) => this.intake.targetOf(job),
      ...urlsOf(settings, storage),
      clock: settings.clock,
      log: settings.logger,
      onAttempt: (outcome) => settings.observe({ type: 'webhook_attempted', outcome }),
      concurrency,
      perOrigin: perReceiver,
    })
  }

  /** Delivers from here on. */
  start(): void {
    this.#pool.start()
  }

  async close(): Promise<void> {
    await this.#pool.stop(graceMs)
    await this.#http.close()
  }

  /** @throws NOTIFIER_UNKNOWN */
  #find(name: string): () => Promise<Notifier> {
    if (name === basicNotifierName) return () => Promise.resolve(basicNotifier)
    try {
      const plugin = this.#plugins.get('webhook', name)
      return () => plugin.load()
    } catch (error) {
      if (!isNetPulseError(error, 'PLUGIN_UNKNOWN')) throw error
      const known = this.#plugins.list('webhook').map(({ manifest }) => manifest.name)
      const names = [basicNotifierName, ...known].join(', ')
      throw webhookError('NOTIFIER_UNKNOWN', `No notifier has this name; there is: ${names}.`)
    }
  }
}
