import type { Flag, ParsedFlags } from '@netpulse/config'
import { parseFlags, programFlags } from '@netpulse/config'

/** Flags of `netpulse-server`, each with the setting that it sets. */
export const serverFlags: Readonly<Record<string, Flag>> = {
  ...programFlags,
  host: { type: 'string', sets: 'server.host' },
  port: { type: 'string', sets: 'server.port' },
  store: { type: 'string', sets: 'store' },
  redis: { type: 'string', sets: 'redis.url' },
  demo: { type: 'string', sets: 'demo' },
  embedded: { type: 'boolean' },
  name: { type: 'string' },
  role: { type: 'string' },
  expires: { type: 'string' },
  scopes: { type: 'string' },
  devices: { type: 'string' },
  overlap: { type: 'string' },
}

/** Devices of `--demo` without a number. */
const demoDevices = 3

/** `--demo` may stand alone. */
function withDemoCount(args: readonly string[]): string[] {
  const whole: string[] = []
  for (const [index, arg] of args.entries()) {
    if (arg === '--demo') whole.push(`--demo=${/^\d+$/.test(args[index + 1] ?? '') ? args[index + 1] : demoDevices}`)
    else if (args[index - 1] !== '--demo' || !/^\d+$/.test(arg)) whole.push(arg)
  }
  return whole
}

/** @throws USAGE */
export const parseCommandLine = (args: readonly string[]): ParsedFlags => parseFlags(withDemoCount(args), serverFlags)
