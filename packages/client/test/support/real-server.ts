import type { ApiMetrics } from '@netpulse/api'
import { createApiKeyStore, createServer, fixedApiKey } from '@netpulse/api'
import { NetPulseClient } from '@netpulse/client'
import { createNetPulse } from '@netpulse/engine'
import { startSimulator } from '@netpulse/simulator'

const apiKey = 'a-key-for-tests-of-the-client'
const login = { username: 'admin', password: 'secret-of-all' }

/** Counts the answers that it was told of. */
function answerCount(): ApiMetrics {
  let answers = 0
  return {
    contentType: 'text/plain; version=0.0.4',
    text: () => Promise.resolve(`answers_total ${answers}\n`),
    observeRequest: () => void answers++,
  }
}

/**
 * A server with workers in this process, simulated devices `r1` to `r3`, and `slow`, which does not answer for a minute. Its
 * webhooks reach this machine; the credential provider `lab` reads the environment.
 */
export async function startRealServer() {
  const simulator = await startSimulator({
    devices: [
      ...['r1', 'r2', 'r3', 'cut'].map((name) => ({ name, platform: 'cisco_iosxe', ...login })),
      { name: 'slow', platform: 'cisco_iosxe', thinkTimeMs: 60_000, ...login },
    ],
  })
  const netpulse = await createNetPulse({
    ...{ store: 'memory:', drainTimeoutSeconds: 0, webhooks: { allow: ['127.0.0.0/8'] } },
    credentials: { providers: { lab: { plugin: 'env', allowedPaths: ['CLIENTTEST'] } } },
  })
  const fixed = fixedApiKey(apiKey, { id: 'test', name: 'test', role: 'admin' })
  const keys = await createApiKeyStore()
  const app = await createServer({
    ...{ netpulse, keys, prefix: '/netpulse', metrics: answerCount() },
    authenticate: async (key) => (await fixed(key)) ?? (await keys.authenticate(key)),
  })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `${origin}/netpulse`
  const deviceOf = (name: string) => {
    const { platform, host, port } = simulator.device(name)
    return { device_type: platform, host, port, ...login }
  }
  return {
    url,
    apiKey,
    netpulse,
    client: new NetPulseClient({ url, apiKey }),
    simulator,
    deviceOf,
    requestTo: (name: string, work: object) => ({ driver: 'cli', connection_args: deviceOf(name), ...work }),
    async stop() {
      await app.close()
      await keys.close()
      await netpulse.close()
      await simulator.stop()
    },
  }
}

export type RealServer = Awaited<ReturnType<typeof startRealServer>>
