import type { DetachedTask } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'
import { wholeNumber } from '../global-options.js'
import { oneLine, plain } from '../output/plain-text.js'
import { table } from '../output/table.js'
import { addCommandGroup } from './command-group.js'
import type { DeviceOptions } from './device-options.js'
import { addDeviceOptions, credentialField } from './device-options.js'
import { targetsOf } from './targets.js'
import { untilTimeout } from './time-limit.js'

interface ListOptions extends GlobalOptions {
  readonly status?: 'launching' | 'running' | 'completed'
}

interface LogOptions extends GlobalOptions {
  readonly follow?: boolean
  readonly offset?: number
}

/** `netpulse tasks list|log|kill|discover`: work that goes on at devices. */
export const tasksCommand = (set: CommandSet): Command =>
  addCommandGroup(set, {
    name: 'tasks',
    summary: 'list, read, end and find detached tasks',
    description: 'Work that goes on at a device when its job has ended: see `netpulse exec --detach`.',
    members: [listCommand, logCommand, killCommand, discoverCommand],
  })

function listCommand(set: CommandSet): Command {
  const command = set.program
    .command('list')
    .summary('list tasks')
    .description('Lists detached tasks, newest first. One that has ended is listed for five minutes.')
    .option('--status <word>', 'launching, running, completed')
  return doing<ListOptions>(command, set, list)
}

async function list(context: Context<ListOptions>) {
  const { options, parts, report } = context
  const client = await context.client()
  const filter = options.status === undefined ? {} : { status: options.status }
  const found: DetachedTask[] = []
  for await (const task of client.tasks.list(filter, { signal: parts.interrupted })) found.push(task)
  await report.list({ records: found, rows: found.map(flat), text: () => textOf(found) })
  return exitCodes.ok
}

function logCommand(set: CommandSet): Command {
  const command = set.program
    .command('log')
    .summary('show what a task has printed')
    .description(
      'Shows the log of a task. With --follow, until it has ended; the exit code then says whether it went well.',
    )
    .argument('<task>')
    .option('-f, --follow', 'show what it prints until it has ended')
    .option('--offset <byte>', 'byte of the log to begin at', wholeNumber(0, Number.MAX_SAFE_INTEGER))
  return doing<LogOptions>(command, set, log)
}

async function log(context: Context<LogOptions>, [id = '']: readonly string[]) {
  const { options, parts, report } = context
  const client = await context.client()
  const { offset = 0 } = options
  if (options.follow !== true) {
    const found = await client.tasks.get(id, { offset, signal: parts.interrupted })
    report.one(found, () => plain(found.result.map(({ stdout }) => String(stdout)).join('')))
    return exitCodes.ok
  }
  let failed = false
  for await (const output of client.tasks.follow(id, { offset, signal: untilTimeout(context) })) {
    if (report.isForPeople) report.say(plain(output.text))
    else report.line(output)
    failed = output.completed && output.exitStatus !== 0
  }
  return failed ? exitCodes.failed : exitCodes.ok
}

function killCommand(set: CommandSet): Command {
  const command = set.program
    .command('kill')
    .summary('end tasks')
    .description('Ends tasks by id, each with all of its processes, and removes what they left on their devices.')
    .argument('<tasks...>')
  return doing<GlobalOptions>(command, set, kill)
}

async function kill(context: Context, ids: readonly string[]) {
  const client = await context.client()
  const killed: { readonly task_id: string; readonly status: string }[] = []
  for (const id of ids) {
    await client.tasks.kill(id, { signal: context.parts.interrupted })
    killed.push({ task_id: id, status: 'killed' })
  }
  await context.report.done(killed, ({ task_id: id }) => `${id}  killed`)
  return exitCodes.ok
}

function discoverCommand(set: CommandSet): Command {
  const command = set.program
    .command('discover')
    .summary('look for tasks on devices')
    .description(
      'Asks devices for the tasks of a login; unknown ones are known from here on. TARGET is [user@]host[:port], or a file of devices.',
    )
    .argument('<target>')
  return doing<DeviceOptions>(addDeviceOptions(command), set, discover)
}

async function discover(context: Context<DeviceOptions>, [target = '']: readonly string[]) {
  const { options, parts, report } = context
  const { rows, shared } = await targetsOf(context, target)
  const client = await context.client()
  const found: DetachedTask[] = []
  for (const { device } of rows) {
    // Work that a row may have is not for a search.
    const { command: _command, config: _config, credential, ...own } = device
    const login = credential ? { credential } : credentialField(options)
    const request = { driver: options.driver, ...login, connection_args: { ...shared, ...own } }
    const { tasks, synced_off: gone } = await client.tasks.discover(request, { signal: parts.interrupted })
    found.push(...tasks)
    if (gone > 0) report.note(`netpulse: ${device.host ?? ''}: ${gone} known tasks are not there any more`)
  }
  await report.list({ records: found, rows: found.map(flat), text: () => textOf(found) })
  return exitCodes.ok
}

const flat = ({
  task_id: task,
  status,
  device,
  driver,
  created_at: created,
  exit_status: exit,
  command,
}: DetachedTask) => ({
  task,
  status,
  device,
  driver,
  created,
  exit,
  command: command.join('; '),
})

const textOf = (tasks: readonly DetachedTask[]): string =>
  table(
    [
      { head: 'TASK', value: ({ task_id: id }) => id },
      { head: 'STATUS', value: ({ status }) => status },
      { head: 'DEVICE', value: ({ device }) => device },
      { head: 'PID', value: ({ pid }) => pid },
      { head: 'EXIT', value: ({ exit_status: status }) => status },
      { head: 'BYTES', value: ({ log_size: size }) => size },
      { head: 'COMMAND', value: ({ command, error }) => oneLine(error?.message ?? command.join('; ')) },
    ],
    tasks,
  )
