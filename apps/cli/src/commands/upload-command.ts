import { openAsBlob } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { ExecutionRequest, FileToSend, FileTransfer } from '@netpulse/client'
import type { Command } from 'commander'
import { confirm } from '../confirm.js'
import type { CommandSet, Context } from '../context.js'
import { doing } from '../context.js'
import type { ExitCode } from '../exit-codes.js'
import { exitOfJob } from '../exit-codes.js'
import { unreadable } from '../files.js'
import { sizeText, TransferBar } from '../output/transfer-bar.js'
import { runMany } from './run-many.js'
import { showEnded } from './run-one.js'
import { targetsOf } from './targets.js'
import type { TransferOptions } from './transfer-options.js'
import { addTransferOptions, transferFields } from './transfer-options.js'
import { watchTransfer } from './watch-transfer.js'
import { workFields } from './work-options.js'

interface UploadOptions extends TransferOptions {
  readonly chmod?: string
  readonly execute?: string | true
  /** `--no-cleanup` makes it false. */
  readonly cleanup: boolean
}

export function uploadCommand(set: CommandSet): Command {
  const command = set.program
    .command('upload')
    .summary('send a file to a device, or to those of a file')
    .description(
      'Sends FILE to REMOTE, a path on the device; one that ends in / gets the name of the file. TARGET is [user@]host[:port], or a file of devices, which all get the file.',
    )
    .argument('<target>')
    .argument('<file>')
    .argument('<remote>')
  addTransferOptions(command)
    .option('--chmod <mode>', 'permissions on the device, in octal: 0755')
    .option('--execute [command]', 'run a command afterwards, or the file itself')
    .option('-y, --yes', 'send to the devices of a file without asking')
    .option('--no-cleanup', 'leave the file on the device after --execute')
  return doing<UploadOptions>(command, set, upload)
}

function transferOf(options: UploadOptions, remote: string): FileTransfer {
  const { chmod, execute, cleanup } = options
  return {
    operation: 'upload',
    remote_path: remote,
    ...transferFields(options),
    ...(chmod === undefined ? {} : { chmod }),
    ...(execute === undefined ? {} : { execute_after_upload: true, cleanup_after_exec: cleanup }),
    ...(typeof execute === 'string' ? { execute_command: execute } : {}),
  }
}

interface LocalFile extends FileToSend {
  readonly size: number
}

/** A file that is read as it is sent. @throws FILE_UNREADABLE */
async function localFile(cwd: string, file: string): Promise<LocalFile> {
  const path = resolve(cwd, file)
  try {
    const { size } = await stat(path)
    return { name: basename(path), content: await openAsBlob(path), size }
  } catch (cause) {
    throw unreadable(path, 'read', cause)
  }
}

async function upload(context: Context<UploadOptions>, words: readonly string[]): Promise<ExitCode> {
  const [target = '', file = '', remote = ''] = words
  const { parts, options } = context
  const [targets, local] = await Promise.all([targetsOf(context, target), localFile(parts.cwd, file)])
  const fields = { ...(await workFields(context)), file_transfer: transferOf(options, remote) }
  const bar = new TransferBar(parts.stderr, options.quiet === true)
  const sent = watched(local, bar, parts.stderr.isTTY === true)
  if (!targets.isList) {
    const row = targets.rows[0]!
    const connection = { ...targets.shared, ...row.device }
    return uploadOne(context, {
      label: row.label,
      request: { ...fields, connection_args: connection },
      file: sent,
      bar,
    })
  }
  if (options.yes !== true && options.force !== true)
    await confirm(parts, `Send ${local.name} to ${targets.rows.length} devices?`)
  const client = await context.client()
  const staged = await client.storage.upload(sent, { signal: parts.interrupted })
  bar.clear()
  const devices = targets.rows.map(({ device }) => device)
  const request = { ...fields, staged_file_id: staged.staged_file_id, connection_args: targets.shared, devices }
  return runMany(
    context,
    targets.rows.map(({ label }) => label),
    request,
  )
}

/** Shows how much has gone out; without a terminal the file can be sent again when the server is away for a moment. */
function watched(file: LocalFile, bar: TransferBar, isWatched: boolean): FileToSend {
  const { name, content, size } = file
  if (!isWatched) return { name, content }
  return { name, content, onProgress: (bytes) => bar.show('to the server', bytes, size) }
}

interface OneUpload {
  readonly label: string
  readonly request: ExecutionRequest & { readonly file_transfer: FileTransfer }
  readonly file: FileToSend
  readonly bar: TransferBar
}

async function uploadOne(context: Context<UploadOptions>, { label, request, file, bar }: OneUpload): Promise<ExitCode> {
  const { parts, options, report } = context
  const client = await context.client()
  const job = await client.device.exec(request, { file, signal: parts.interrupted })
  bar.clear()
  if (!options.wait) {
    report.one(job, () => `${job.id}\n`)
    return exitOfJob(job)
  }
  const ended = await watchTransfer(context, client, { job, bar, step: 'to the device' })
  await showEnded(context, label, ended)
  const bytes = ended.result?.retval?.[0]?.metadata['transferred_bytes']
  if (ended.outcome === 'succeeded' && report.isForPeople && !report.isQuiet)
    report.say(`${request.file_transfer.remote_path}, ${sizeText(Number(bytes))}\n`)
  return exitOfJob(ended)
}
