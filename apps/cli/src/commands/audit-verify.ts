import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import type { AuditReport } from '@netpulse/core'
import { verifyAudit } from '@netpulse/core'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { cliError } from '../errors.js'
import { exitCodes } from '../exit-codes.js'
import { unreadable } from '../files.js'
import type { GlobalOptions } from '../global-options.js'
import type { ProcessParts } from '../process-parts.js'

interface VerifyOptions extends GlobalOptions {
  readonly head?: string
  readonly after?: string
}

/** `netpulse audit verify`. */
export function verifyCommand(set: CommandSet): Command {
  const command = set.program
    .command('verify')
    .summary('prove that no entry was changed, taken out or moved')
    .description(
      'Checks an export, from a file, from stdin (-), or as the server has it now. Without --head nobody can see that the newest entries were cut off, or that all of it was written anew: note "netpulse audit head" elsewhere.',
    )
    .argument('[file]')
    .option('--head <hash>', 'hash that was noted before; it must be there')
    .option('--after <hash>', 'hash of the last entry of the file before; this one must go on there')
  return doing<VerifyOptions>(command, set, verify)
}

async function verify(context: Context<VerifyOptions>, [file]: readonly string[]) {
  const { options, parts, report } = context
  const head = hashOf(options.head, '--head')
  const after = hashOf(options.after, '--after')
  const lines = file === undefined ? await linesOfServer(context) : linesIn(parts, file)
  const found = await verifyAudit(lines, {
    ...(head === undefined ? {} : { head }),
    ...(after === undefined ? {} : { after }),
  })
  report.one(found, () => textOf(found, head !== undefined))
  return found.intact ? exitCodes.ok : exitCodes.failed
}

/** @throws COMMAND_LINE_INVALID */
function hashOf(text: string | undefined, flag: string): string | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text
  throw cliError('COMMAND_LINE_INVALID', `${flag} must be a hash: 64 digits of 0-9 and a-f.`)
}

async function linesOfServer({ client, parts }: Context): Promise<AsyncIterable<string>> {
  return (await client()).audit.lines({ signal: parts.interrupted })
}

/** @throws FILE_UNREADABLE */
async function* linesIn({ stdin, cwd }: ProcessParts, file: string): AsyncGenerator<string> {
  const path = resolve(cwd, file)
  const source: Readable = file === '-' ? stdin.setEncoding('utf8') : createReadStream(path, 'utf8')
  let rest = ''
  try {
    for await (const chunk of source as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop()!
      yield* lines
    }
  } catch (cause) {
    throw unreadable(path, 'read', cause)
  }
  yield rest
}

function textOf({ intact, entries, first, head, problems }: AuditReport, isNoted: boolean): string {
  if (head === undefined && intact) return 'The record is empty.\n'
  const range = head === undefined ? '' : `, ${first} to ${head.number}`
  const lines = problems.map(({ line, message }) => `line ${line}: ${message}\n`).join('')
  if (!intact) return `${lines}BROKEN: ${entries} entries${range}.\n`
  const hint = isNoted ? '' : 'Not checked against a noted hash: see --head.\n'
  return `Intact: ${entries} entries${range}.\nHead: ${head!.number} ${head!.hash}\n${hint}`
}
