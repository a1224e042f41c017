import type { Clock, JsonObject } from '@netpulse/core'
import { asDeviceId, compileSchema, silentLogger, systemClock } from '@netpulse/core'
import type { CallContext, Reply, SendOptions, Session } from '@netpulse/driver-sdk'
import { loadPlatforms } from '@netpulse/platforms'
import { createMemoryHostKeyStore } from '@netpulse/session'
import type { SimulatedDevice } from '@netpulse/simulator'
import { commandSchema, configSchema, connectionSchema, createCliDriver, switchesSchema } from '../../src/index.js'

const connection = compileSchema<JsonObject>(connectionSchema)
const command = compileSchema<JsonObject>(commandSchema)
const config = compileSchema<JsonObject>(configSchema)
const switches = compileSchema<JsonObject>(switchesSchema)

export const platforms = loadPlatforms()

export const context: CallContext = { signal: new AbortController().signal }

/** Options as the engine hands them to a session: checked, defaults filled in. */
export function commandOptions(options: JsonObject = {}, given: JsonObject = {}): SendOptions {
  return { options: command.parse({ ...options }, 'driver_args'), switches: switches.parse({ ...given }, '') }
}

export function configOptions(options: JsonObject = {}): SendOptions {
  return { options: config.parse({ ...options }, 'driver_args'), switches: switches.parse({}, '') }
}

/** A session with a simulated device, by its own login. */
export function openSession(
  device: SimulatedDevice,
  more: JsonObject = {},
  clock: Clock = systemClock,
): Promise<Session> {
  const driver = createCliDriver({ clock, log: silentLogger, hostKeys: createMemoryHostKeyStore() }, platforms)
  const port = more['transport'] === 'telnet' ? device.telnetPort : device.port
  const login = { device_type: device.platform, username: device.username, password: device.password, ...more }
  return driver.open(
    {
      device: { id: asDeviceId(device.name), host: device.host, port },
      connection: connection.parse(login, 'connection_args'),
    },
    context,
  )
}

/** Enters config mode and applies the lines up to the first refusal. */
export async function applyLines(
  session: Session,
  lines: readonly string[],
  options = configOptions(),
): Promise<readonly Reply[]> {
  const access = session.config!
  await access.enter(context, options)
  const replies: Reply[] = []
  for (const block of access.blocksOf(lines)) {
    const reply = await access.apply(block, context, options)
    replies.push(reply)
    if (reply.failure !== null) break
  }
  return replies
}
