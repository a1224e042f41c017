import type { Command } from 'commander'
import { confirm } from '../../confirm.js'
import type { CommandSet, Context } from '../../context.js'
import { doing } from '../../context.js'
import { exitCodes } from '../../exit-codes.js'
import type { GlobalOptions } from '../../global-options.js'
import { wholeNumber } from '../../global-options.js'
import { addCommandGroup } from '../command-group.js'
import type { NewKeyOptions } from './key-options.js'
import { addNewKeyOptions, newKeyRequest } from './key-options.js'
import { keyRow, keysText, keyText } from './key-text.js'
import type { NewKeyPlace } from './show-new-key.js'
import { keyFileOption, showNewKey } from './show-new-key.js'

export const keysCommand = (set: CommandSet): Command =>
  addCommandGroup(set, {
    name: 'keys',
    summary: 'make, list, rotate and revoke API keys',
    description: 'API keys of the server: who may do what, with which devices. Needs a key that may manage keys.',
    members: [createCommand, listCommand, showCommand, rotateCommand, revokeCommand],
  })

function createCommand(set: CommandSet): Command {
  const command = set.program
    .command('create')
    .summary('make a key')
    .description('Makes an API key and prints it, this once. NAME says who or what uses it.')
    .argument('<name>')
    .option(...keyFileOption)
  return doing<NewKeyOptions>(addNewKeyOptions(command), set, async (context, [name = '']) => {
    const client = await context.client()
    const request = newKeyRequest(name, context.options)
    await showNewKey(context, () => client.keys.create(request, { signal: context.parts.interrupted }))
    return exitCodes.ok
  })
}

function listCommand(set: CommandSet): Command {
  const command = set.program.command('list').summary('list keys').description('Lists API keys, without the secrets.')
  return doing<GlobalOptions>(command, set, async ({ client, parts, report }) => {
    const keys = await (await client()).keys.list({ signal: parts.interrupted })
    await report.list({ records: keys, rows: keys.map(keyRow), text: () => keysText(keys) })
    return exitCodes.ok
  })
}

function showCommand(set: CommandSet): Command {
  const command = set.program
    .command('show')
    .summary('show a key')
    .description('Shows what a key may do and when it was last used; never the key itself.')
    .argument('<id>')
  return doing<GlobalOptions>(command, set, async ({ client, parts, report }, [id = '']) => {
    const key = await (await client()).keys.get(id, { signal: parts.interrupted })
    report.one(key, () => keyText(key))
    return exitCodes.ok
  })
}

interface RotateOptions extends NewKeyPlace {
  readonly overlap?: number
}

const longestOverlapSeconds = 30 * 24 * 3600

function rotateCommand(set: CommandSet): Command {
  const command = set.program
    .command('rotate')
    .summary('give a key a new secret')
    .description('Gives a key a new secret and prints it, this once. The id stays, and so do its jobs.')
    .argument('<id>')
    .option('--overlap <seconds>', 'how long the secret before is taken too (0)', wholeNumber(0, longestOverlapSeconds))
    .option(...keyFileOption)
  return doing<RotateOptions>(command, set, async (context, [id = '']) => {
    const client = await context.client()
    const { overlap } = context.options
    const options = { signal: context.parts.interrupted, ...(overlap === undefined ? {} : { overlapSeconds: overlap }) }
    await showNewKey(context, () => client.keys.rotate(id, options))
    return exitCodes.ok
  })
}

interface RevokeOptions extends GlobalOptions {
  readonly yes?: boolean
}

function revokeCommand(set: CommandSet): Command {
  const command = set.program
    .command('revoke')
    .summary('end keys')
    .description('Ends API keys: whoever uses them is refused from now on.')
    .argument('<ids...>')
    .option('-y, --yes', 'without asking')
  return doing<RevokeOptions>(command, set, revoke)
}

async function revoke(context: Context<RevokeOptions>, ids: readonly string[]) {
  const { options, parts, report } = context
  const client = await context.client()
  if (options.yes !== true) await confirm(parts, `End ${ids.join(', ')}?`)
  const ended: { id: string; status: string }[] = []
  for (const id of ids) ended.push(await client.keys.revoke(id, { signal: parts.interrupted }))
  await report.done(ended, ({ id }) => `${id}  revoked`)
  return exitCodes.ok
}
