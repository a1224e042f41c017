import { startServer } from '@netpulse/server'
import { startSimulator } from '@netpulse/simulator'
import type { RunOptions } from './netpulse-program.js'
import { runNetpulse } from './netpulse-program.js'

export const login = { username: 'admin', password: 'canary-password-of-devices' }

/** A server with simulated devices, and the program with its address, its key and the password in the environment. */
export async function startRealServer() {
  const simulator = await startSimulator({
    devices: [
      ...['r1', 'r2', 'cut'].map((name) => ({ name, platform: 'cisco_iosxe', ...login })),
      { name: 'junos', platform: 'juniper_junos', ...login },
      { name: 'slow', platform: 'cisco_iosxe', thinkTimeMs: 60_000, ...login },
    ],
  })
  process.env['NETPULSE_CRED_LAB_USERNAME'] = login.username
  process.env['NETPULSE_CRED_LAB_PASSWORD'] = login.password
  const server = await startServer({
    store: 'memory:',
    audit: { enabled: true },
    server: { port: 0 },
    worker: { drain_timeout: 0 },
    log: { level: 'error' },
    webhooks: { allow: ['127.0.0.0/8'] },
    credentials: { providers: { lab: { plugin: 'env' } } },
  })
  const env = { NETPULSE_URL: server.url, NETPULSE_API_KEY: server.newKey!, NETPULSE_DEVICE_PASSWORD: login.password }
  const addressOf = (name: string) => `${simulator.device(name).host}:${simulator.device(name).port}`
  return {
    server,
    simulator,
    env,
    addressOf,
    /** Words that name a device: `admin@127.0.0.1:2201 --platform cisco_iosxe`. */
    deviceWords: (name: string) => [`admin@${addressOf(name)}`, '--platform', simulator.device(name).platform],
    run: (args: readonly string[], options: RunOptions = {}) =>
      runNetpulse(args, { ...options, env: { ...env, ...options.env } }),
    async stop() {
      await server.stop()
      await simulator.stop()
    },
  }
}

export type RealServer = Awaited<ReturnType<typeof startRealServer>>
