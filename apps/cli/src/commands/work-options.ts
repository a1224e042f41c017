import type { ExecutionRequest } from '@netpulse/client'
import { Option, type Command } from 'commander'
import type { Context } from '../context.js'
import { cliError } from '../errors.js'
import { readText } from '../files.js'
import { collect, hidden, wholeNumber } from '../global-options.js'
import type { DeviceOptions } from './device-options.js'
import { credentialField } from './device-options.js'

/** Options of commands that make jobs. */
export interface WorkOptions extends DeviceOptions {
  readonly driverArgs?: string
  /** The reference's short word for it. */
  readonly da?: string
  readonly queueStrategy?: 'fifo' | 'pinned'
  readonly ttl?: number
  readonly executionTimeout?: number
  readonly tag?: readonly string[]
  readonly transcript?: boolean
  readonly enable?: boolean
  readonly full?: boolean
  readonly wait: boolean
  readonly yes?: boolean
  readonly force?: boolean
}

export function addWorkOptions(command: Command): Command {
  return command
    .option('--driver-args <json|file>', "the driver's options for this work, as JSON or a file with JSON")
    .addOption(new Option('--queue-strategy <name>', 'life of the connection').choices(['fifo', 'pinned']))
    .option('--ttl <seconds>', 'time in the queue before the job expires', wholeNumber(1, 86_400))
    .option('--execution-timeout <seconds>', 'deadline of the job on its device', wholeNumber(1, 86_400))
    .option('--tag <word>', 'word to find the job by; again for more', collect)
    .option('--transcript', 'keep what went over the session')
    .option('--enable', 'in the privileged mode (enable_mode)')
    .option('--full', 'with a file of devices: the answers of each, not only the table')
    .option('--no-wait', 'only submit')
    .addOption(hidden('--da <json>'))
    .addOption(hidden('-m, --monitor'))
}

async function driverArgs(context: Context<WorkOptions>): Promise<Record<string, unknown> | undefined> {
  const given = context.options.driverArgs ?? context.options.da
  if (given === undefined) return undefined
  const text = given.trimStart().startsWith('{') ? given : await readText(context.parts, given)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // told below: the text may hold more than a terminal should show
  }
  throw cliError('COMMAND_LINE_INVALID', '--driver-args needs a JSON object, or a file with one.')
}

/** What flags say about the work, apart from devices and the commands themselves. */
export async function workFields(context: Context<WorkOptions>): Promise<Omit<ExecutionRequest, 'connection_args'>> {
  const { options } = context
  const fields = {
    driver_args: await driverArgs(context),
    queue_strategy: options.queueStrategy,
    ttl: options.ttl,
    execution_timeout: options.executionTimeout,
    tags: options.tag,
    transcript: options.transcript,
    enable_mode: options.enable,
  }
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return { driver: options.driver, ...credentialField(options), ...given }
}
