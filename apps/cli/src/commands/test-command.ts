import type { ConnectionTest } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import { table } from '../output/table.js'
import type { DeviceOptions } from './device-options.js'
import { addDeviceOptions, credentialField } from './device-options.js'
import { targetsOf } from './targets.js'

export function testCommand(set: CommandSet): Command {
  const command = addDeviceOptions(
    set.program
      .command('test')
      .summary('try to log in to a device, or to those of a file')
      .description(
        'Opens a session, looks at its prompt, closes it. TARGET is [user@]host[:port], or a file of devices.',
      )
      .argument('<target>'),
  )
  return doing<DeviceOptions>(command, set, test)
}

interface Tested extends ConnectionTest {
  readonly name: string
  readonly host: string
}

/** Logins that are tried at once. */
const atOnce = 8

async function test(context: Context<DeviceOptions>, [target = '']: readonly string[]) {
  const { report, options, parts } = context
  const { rows, shared } = await targetsOf(context, target)
  const client = await context.client()
  const tested: Tested[] = []
  const line = [...rows.entries()]
  const work = async (): Promise<void> => {
    for (let next = line.shift(); next !== undefined; next = line.shift()) {
      const [index, { label, device }] = next
      // Work that a row may have is not for a test.
      const { command: _command, config: _config, credential, ...own } = device
      const login = credential ? { credential } : credentialField(options)
      const answer = await client.device.test(
        { driver: options.driver, ...login, connection_args: { ...shared, ...own } },
        { signal: parts.interrupted, timeoutMs: (options.timeout ?? 120) * 1000 },
      )
      tested[index] = { name: label, host: device.host ?? '', ...answer }
      report.line(tested[index])
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, rows.length) }, work)).catch((error: unknown) => {
    line.length = 0 // the others end with what they have in hand
    throw error
  })
  await report.list({ records: tested, rows: tested.map(flat), text: () => textOf(tested) }, true)
  return tested.every(({ success }) => success) ? exitCodes.ok : exitCodes.failed
}

const flat = ({ name, host, success, latency, code, error }: Tested) => ({ name, host, success, latency, code, error })

const textOf = (tested: readonly Tested[]): string =>
  table(
    [
      { head: 'NAME', value: ({ name }) => name },
      { head: 'LOGIN', value: ({ success }) => (success ? 'ok' : 'failed') },
      { head: 'SECONDS', value: ({ latency }) => latency?.toFixed(2) },
      { head: 'PROMPT', value: ({ result }) => (typeof result?.['prompt'] === 'string' ? result['prompt'] : '') },
      { head: 'ERROR', value: ({ code, error }) => (code === null ? '' : `${code}: ${error ?? ''}`) },
    ],
    tested,
  )
