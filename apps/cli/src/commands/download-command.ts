import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Job, NetPulseClient } from '@netpulse/client'
import type { Command } from 'commander'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import { cliError } from '../errors.js'
import type { ExitCode } from '../exit-codes.js'
import { exitOfJob } from '../exit-codes.js'
import { isThere } from '../files.js'
import { sizeText, TransferBar } from '../output/transfer-bar.js'
import { showEnded } from './run-one.js'
import { targetsOf } from './targets.js'
import type { TransferOptions } from './transfer-options.js'
import { addTransferOptions, transferFields } from './transfer-options.js'
import { watchTransfer } from './watch-transfer.js'
import { workFields } from './work-options.js'

export function downloadCommand(set: CommandSet): Command {
  const command = set.program
    .command('download')
    .summary('fetch a file from a device')
    .description(
      'Fetches REMOTE, a path on the device, to FILE; a folder, or nothing, keeps the name. TARGET is [user@]host[:port].',
    )
    .argument('<target>')
    .argument('<remote>')
    .argument('[file]')
  return doing<TransferOptions>(addTransferOptions(command), set, download)
}

async function download(context: Context<TransferOptions>, words: readonly string[]): Promise<ExitCode> {
  const [target = '', remote = '', file = '.'] = words
  const { parts, options, report } = context
  const { rows, shared, isList } = await targetsOf(context, target)
  if (isList) throw cliError('COMMAND_LINE_INVALID', 'download takes one device, not a file of devices.')
  const path = await targetPath(resolve(parts.cwd, file), remote, options.overwrite)
  const [row] = rows
  const { overwrite: _here, ...fields } = transferFields(options)
  const client = await context.client()
  const request = {
    ...(await workFields(context)),
    connection_args: { ...shared, ...row!.device },
    file_transfer: { operation: 'download', remote_path: remote, ...fields } as const,
  }
  const job = await client.device.exec(request, { signal: parts.interrupted })
  if (!options.wait) {
    report.one(job, () => `${job.id}\n`)
    return exitOfJob(job)
  }
  const bar = new TransferBar(parts.stderr, options.quiet === true)
  const ended = await watchTransfer(context, client, { job, bar, step: 'from the device' })
  const saved = await save(context, { client, job: ended, path, bar })
  await showEnded(context, row!.label, ended)
  if (saved !== undefined && report.isForPeople && !report.isQuiet) report.say(`${path}, ${sizeText(saved)}\n`)
  return exitOfJob(ended)
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** Where the file goes here. @throws FILE_UNREADABLE when something is there that is to be kept */
async function targetPath(path: string, remote: string, overwrite: boolean): Promise<string> {
  const target = (await isFolder(path)) ? join(path, basename(remote)) : path
  if (!overwrite && (await isThere(target))) throw cliError('FILE_UNREADABLE', `${target} is there already.`)
  return target
}

interface Saving {
  readonly client: NetPulseClient
  readonly job: Job
  readonly path: string
  readonly bar: TransferBar
}

/** Brings the file here, aside first. Answers with its size; `undefined` when the job brought none. */
async function save(
  context: Context<TransferOptions>,
  { client, job, path, bar }: Saving,
): Promise<number | undefined> {
  const url = job.result?.retval?.find((one) => one.download_url !== null)?.download_url
  if (url === undefined || url === null) return undefined
  const { parts } = context
  const file = await client.storage.fetch(url, { signal: parts.interrupted })
  const part = `${path}.netpulse-part`
  let bytes = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of Readable.fromWeb(file.body as never)) {
      bytes += (chunk as Uint8Array).length
      bar.show('to this machine', bytes, file.size)
      yield chunk as Uint8Array
    }
  }
  try {
    await mkdir(dirname(path), { recursive: true })
    await pipeline(counted, createWriteStream(part, { mode: 0o600 }))
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    bar.clear()
  }
  return bytes
}
