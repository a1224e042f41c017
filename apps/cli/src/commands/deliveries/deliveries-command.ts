import type { NetPulseClient, WebhookDelivery } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../../context.js'
import { doing } from '../../context.js'
import { cliError } from '../../errors.js'
import { exitCodes } from '../../exit-codes.js'
import type { GlobalOptions } from '../../global-options.js'
import { addCommandGroup } from '../command-group.js'
import { firstOf, largestPage, limitOption } from '../first-of.js'
import { deliveriesText, deliveryRow } from './delivery-text.js'

export const deliveriesCommand = (set: CommandSet): Command =>
  addCommandGroup(set, {
    name: 'deliveries',
    summary: 'see what became of webhooks, and send them again',
    description: 'Deliveries of webhooks: those of a job, and those that were given up.',
    members: [listCommand, deadCommand, replayCommand],
  })

const show = ({ report }: Context, deliveries: readonly WebhookDelivery[], told = false): Promise<void> =>
  report.list({ records: deliveries, rows: deliveries.map(deliveryRow), text: () => deliveriesText(deliveries) }, told)

function listCommand(set: CommandSet): Command {
  const command = set.program
    .command('list')
    .summary('what became of the webhook of a job')
    .description("Lists what a job's webhook was sent, in the order of the events. --json has every attempt.")
    .argument('<job>')
  return doing<GlobalOptions>(command, set, async (context, [job = '']) => {
    const client = await context.client()
    await show(context, await client.deliveries.ofJob(job, { signal: context.parts.interrupted }))
    return exitCodes.ok
  })
}

interface DeadOptions extends GlobalOptions {
  readonly limit: number
}

function deadCommand(set: CommandSet): Command {
  const command = set.program
    .command('dead')
    .summary('list those that were given up')
    .description('Lists deliveries that were given up, the latest first. They are kept for a week.')
    .option(...limitOption)
  return doing<DeadOptions>(command, set, async (context) => {
    const client = await context.client()
    const { limit } = context.options
    const deliveries = await firstOf(deadOf(client, context, limit), limit, context.report)
    await show(context, deliveries, true)
    return exitCodes.ok
  })
}

const deadOf = (client: NetPulseClient, { parts }: Context, limit: number): AsyncIterable<WebhookDelivery> =>
  client.deliveries.dead({ limit: Math.min(limit, largestPage) }, { signal: parts.interrupted })

interface ReplayOptions extends GlobalOptions {
  readonly all?: boolean
}

function replayCommand(set: CommandSet): Command {
  const command = set.program
    .command('replay')
    .summary('send those that were given up once more')
    .description(
      'Sends deliveries that were given up once more, with all their retries. The receiver sees the same id.',
    )
    .argument('[ids...]')
    .option('--all', 'all that were given up until now')
  return doing<ReplayOptions>(command, set, replay)
}

async function replay(context: Context<ReplayOptions>, ids: readonly string[]) {
  if (ids.length > 0 === (context.options.all === true))
    throw cliError(
      'COMMAND_LINE_INVALID',
      'deliveries replay needs ids, or --all; netpulse deliveries dead lists them.',
    )
  const client = await context.client()
  // Listed to the end first: what is replayed leaves the list.
  const all: string[] = []
  if (ids.length === 0) for await (const { id } of deadOf(client, context, largestPage)) all.push(id)
  const replayed: WebhookDelivery[] = []
  for (const id of [...ids, ...all]) {
    const delivery = await client.deliveries.replay(id, { signal: context.parts.interrupted })
    replayed.push(delivery)
    context.report.line(delivery)
  }
  await show(context, replayed, true)
  return exitCodes.ok
}
