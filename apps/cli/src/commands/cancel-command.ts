import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { cliError } from '../errors.js'
import { exitCodes } from '../exit-codes.js'
import type { GlobalOptions } from '../global-options.js'

interface CancelOptions extends GlobalOptions {
  readonly queue?: string
  readonly host?: string
}

export function cancelCommand(set: CommandSet): Command {
  const command = set.program
    .command('cancel')
    .summary('cancel jobs')
    .description('Cancels jobs by id, also while they run; or all that wait in a queue or for a host.')
    .argument('[ids...]')
    .option('--queue <name>', 'all that wait there')
    .option('--host <host>', 'all that wait for it')
  return doing<CancelOptions>(command, set, cancel)
}

async function cancel(context: Context<CancelOptions>, ids: readonly string[]) {
  const { options, report, parts } = context
  const { queue, host } = options
  const filter = { ...(queue === undefined ? {} : { queue }), ...(host === undefined ? {} : { host }) }
  const filtered = Object.keys(filter).length > 0
  if (ids.length > 0 === filtered)
    throw cliError('COMMAND_LINE_INVALID', 'cancel needs ids of jobs, or --queue or --host.')
  const client = await context.client()
  const call = { signal: parts.interrupted }
  const canceled: { id: string; status: string }[] = []
  if (filtered) for (const id of await client.jobs.cancelMany(filter, call)) canceled.push({ id, status: 'canceled' })
  for (const id of ids) canceled.push(await client.jobs.cancel(id, call))
  const text = (): string =>
    canceled.map(({ id, status }) => `${id}  ${status === 'canceled' ? status : 'asked to end'}\n`).join('')
  await report.list({ records: canceled, rows: canceled.map(({ id, status }) => ({ id, status })), text })
  return exitCodes.ok
}
