import type { CallContext, Driver, DriverServices, OpenRequest, Session } from '@netpulse/driver-sdk'
import type { Platform } from '@netpulse/platforms'
import type { ByteStream, ChannelEncoding } from '@netpulse/session'
import { CliChannel, logIn, openSshShell, openTelnet } from '@netpulse/session'
import type { CliConnection } from './cli-connection.js'
import { transportOf } from './cli-connection.js'
import { sshTargetOf, telnetTargetOf } from './connect/target-of.js'
import type { MoveCall } from './modes/mode-mover.js'
import { ModeMover } from './modes/mode-mover.js'
import type { PlatformSource } from './platform-source.js'
import { platformOf } from './platform-source.js'
import { CliSession } from './session/cli-session.js'

const encodings: Readonly<Record<string, ChannelEncoding>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  ascii: 'ascii',
}

/** Makes the driver. `platforms` compiles each definition once per process. */
export function createCliDriver(services: DriverServices, platforms: PlatformSource): Driver {
  return { open: (request, context) => open(services, platforms, request, context) }
}

async function open(
  services: DriverServices,
  platforms: PlatformSource,
  request: OpenRequest,
  context: CallContext,
): Promise<Session> {
  const connection = request.connection as CliConnection
  const platform = platformOf(platforms, connection.device_type)
  const stream = await openStream(services, request, context.signal)
  const encoding = encodings[connection.encoding] ?? 'utf-8'
  const channel = new CliChannel(stream, { platform, clock: services.clock, encoding })
  try {
    return await settleIn({ channel, platform, connection, clock: services.clock }, context)
  } catch (error) {
    channel.close()
    throw error
  }
}

async function openStream(services: DriverServices, request: OpenRequest, signal: AbortSignal): Promise<ByteStream> {
  const connection = request.connection as CliConnection
  if (transportOf(connection) === 'telnet')
    return openTelnet(await telnetTargetOf(request.device, connection), services, signal)
  return openSshShell(await sshTargetOf(request.device, connection), services, signal)
}

interface Arrival {
  readonly channel: CliChannel
  readonly platform: Platform
  readonly connection: CliConnection
  readonly clock: DriverServices['clock']
}

/** From the login to the mode that the session rests in. */
async function settleIn(arrival: Arrival, context: CallContext): Promise<Session> {
  const { channel, platform, connection } = arrival
  const mover = new ModeMover(arrival)
  const call = { ...context, timeoutMs: connection.timeout * 1000 }
  await logIn(
    channel,
    {
      dialogue: platform.login,
      ...(connection.username === undefined ? {} : { username: connection.username }),
      ...(connection.password === undefined ? {} : { password: connection.password }),
      asks: transportOf(connection) === 'telnet',
      promptIsProvedLater: true,
      timeoutMs: call.timeoutMs,
    },
    context,
  )
  mover.look()
  // Proves the prompt, where nothing that is sent next does.
  if (platform.onOpen.length === 0) await channel.send('', call)
  for (const step of platform.onOpen) await mover.runWhatCan(step, call)
  mover.look()
  await enterDefaultMode(mover, platform, call)
  return new CliSession({ ...arrival, mover, baseMode: mover.mode! })
}

async function enterDefaultMode(mover: ModeMover, platform: Platform, call: MoveCall): Promise<void> {
  if (!mover.lacksSecretFor(platform.defaultMode)) await mover.enter(platform.defaultMode, call)
}
