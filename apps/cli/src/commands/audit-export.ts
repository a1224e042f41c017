import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { exitCodes } from '../exit-codes.js'
import { unreadable } from '../files.js'
import type { GlobalOptions } from '../global-options.js'
import { wholeNumber } from '../global-options.js'

interface ExportOptions extends GlobalOptions {
  readonly after: number
}

/** `netpulse audit export`. */
export function exportCommand(set: CommandSet): Command {
  const command = set.program
    .command('export')
    .summary('the whole record as JSON lines, oldest first')
    .description(
      'Writes the whole record, oldest first, an entry a line; to stdout, or into a file for its owner only.',
    )
    .argument('[file]')
    .option('--after <number>', 'only entries after this one', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
  return doing<ExportOptions>(command, set, exportRecord)
}

async function exportRecord(context: Context<ExportOptions>, [file]: readonly string[]) {
  const { options, parts, report } = context
  const client = await context.client()
  const lines = client.audit.lines({ after: options.after, signal: parts.interrupted })
  let count = 0
  const text = async function* (): AsyncGenerator<string> {
    for await (const line of lines) {
      count++
      yield `${line}\n`
    }
  }
  if (file === undefined || file === '-') for await (const line of text()) await written(parts.stdout, line)
  else await writeFile(resolve(parts.cwd, file), Readable.from(text()))
  if (file !== undefined && !report.isQuiet) report.note(`netpulse: ${count} entries`)
  return exitCodes.ok
}

/** Waits for a reader that is slower than the server. */
async function written(sink: NodeJS.WritableStream, text: string): Promise<void> {
  if (!sink.write(text)) await new Promise<void>((go) => sink.once('drain', go))
}

/** What the server says about the export stays its own error. @throws FILE_UNREADABLE */
async function writeFile(path: string, source: Readable): Promise<void> {
  const target = createWriteStream(path, { mode: 0o600 })
  let failure: unknown
  target.once('error', (error) => (failure ??= error))
  source.once('error', (error) => (failure ??= error))
  await pipeline(source, target).catch((cause: unknown) => {
    const first = failure ?? cause
    if ((Object(first) as NodeJS.ErrnoException).syscall === undefined) throw cause
    throw unreadable(path, 'written', first)
  })
}
