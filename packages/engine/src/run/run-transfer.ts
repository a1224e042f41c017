import { access } from 'node:fs/promises'
import type { CommandFailure, CommandResult, FileTransfer } from '@netpulse/core'
import { toErrorData, transferLine } from '@netpulse/core'
import type { FileAccess, Session, TransferContext, TransferReply } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import type { Storage } from '@netpulse/storage'
import { storageError } from '@netpulse/storage'
import { engineError } from '../errors.js'
import type { JobRun, RunAnswer } from './job-run.js'
import type { Landed, Landing } from './landing.js'
import { openLanding } from './landing.js'
import { fittedResultOf, resultOf } from './results.js'

/** One transfer under way. */
interface Copying {
  readonly session: Session
  readonly files: FileAccess
  readonly run: JobRun
  readonly storage: Storage
  readonly transfer: FileTransfer
  readonly context: TransferContext
}

/**
 * Copies a file.
 *
 * | what happens | upload | download |
 * |---|---|---|
 * | done | `succeeded` | `succeeded` |
 * | the device refuses | `failed`; `partial` when bytes went over | `finished`/`refused`; nothing is kept |
 * | the hashes differ | `partial` | `failed`, tried again; nothing is kept |
 * | broken off, session in order | `partial`: the file is there in part | tried again, or `failed` |
 * | broken off, session lost | `unknown` | tried again, or `failed` |
 * | the command after it is refused | `finished`/`refused` | |
 *
 * An upload is never sent twice: from its first byte on the journal says so.
 */
export async function runTransfer(session: Session, run: JobRun, context: TransferContext): Promise<RunAnswer> {
  const { operation, driver, device } = run.job.request
  const { storage } = run
  if (operation.type !== 'file_transfer' || session.files === undefined)
    throw driverError('NOT_SUPPORTED', `Driver ${driver} cannot copy files of ${device.host}.`)
  if (storage === undefined)
    throw storageError('STORAGE_NOT_SHARED', 'This worker has no staging folder: set storage.staging.')
  const copying = { session, files: session.files, run, storage, transfer: operation.transfer, context }
  return operation.transfer.direction === 'upload' ? upload(copying) : download(copying)
}

/** A transfer's result: what went over, and whether both sides are the same. */
function transferResult({ run, transfer }: Copying, reply: TransferReply, shownPath: string): CommandResult {
  const { failure, transferredBytes, skipped, hashVerified, elapsedMs } = reply
  const result = resultOf(run, transferLine(transfer), { input: '', output: '', failure, elapsedMs })
  return {
    ...result,
    metadata: {
      ...result.metadata,
      transferredBytes,
      transferSuccess: failure === null,
      skipped,
      hashAlgorithm: transfer.options.hashAlgorithm,
      hashVerified: hashVerified === true,
      md5Verified: hashVerified === true && transfer.options.hashAlgorithm === 'md5',
      localPath: run.redactor.redact(shownPath),
      remotePath: run.redactor.redact(transfer.remotePath),
    },
  }
}

/** Hashes that differ are a failure, whoever found it out. */
function judged(reply: TransferReply, { options }: FileTransfer): TransferReply {
  if (reply.failure !== null || !options.verify || reply.hashVerified !== false) return reply
  return { ...reply, failure: mismatch(options.hashAlgorithm) }
}

const mismatch = (algorithm: string): CommandFailure => ({
  kind: 'hash_mismatch',
  message: `The ${algorithm} of both sides differs after the copy.`,
})

// ---- uploads ----

async function sourceOf({ storage, transfer: { place } }: Copying): Promise<{ path: string; shown: string }> {
  if (place.type === 'fetchable') throw storageError('STAGED_FILE_UNKNOWN', 'The upload names no file.')
  const path = place.type === 'staged' ? storage.staged.contentOf(place.id) : await storage.realPath(place.path)
  try {
    await access(path)
  } catch (cause) {
    const message = place.type === 'staged' ? 'The uploaded file is gone.' : 'There is nothing at local_path.'
    throw storageError('STAGED_FILE_UNKNOWN', message, { cause })
  }
  return { path, shown: place.type === 'staged' ? place.name : place.path }
}

async function upload(copying: Copying): Promise<RunAnswer> {
  const { run, transfer } = copying
  const source = await sourceOf(copying)
  run.limits.throwIfStopping()
  await run.journal.write({ phase: 'line_sent', line: 0 })
  run.limits.throwIfStopping()
  const reply = judged(await sendFile(copying, source.path), transfer)
  const result = transferResult(copying, reply, source.shown)
  run.progress.results.push(result)
  run.journal.note({ phase: 'line_acked', line: 0 }, [result])
  if (reply.failure !== null) return endRefused(copying, reply)
  run.progress.accepted += 1
  return transfer.execute === undefined ? { status: 'finished', outcome: 'succeeded' } : execute(copying)
}

async function sendFile(
  { run, session, files, transfer, context }: Copying,
  localPath: string,
): Promise<TransferReply> {
  const { progress } = run
  progress.touched = true
  progress.uncertain = true
  const { remotePath, options } = transfer
  const reply = await files.upload({ localPath, remotePath, options }, context).catch((error: unknown) => {
    // A session that is in order sends nothing more of it: the file is there in part, and that is known.
    progress.uncertain = !session.usable
    progress.accepted = 1
    throw error
  })
  progress.uncertain = false
  return reply
}

function endRefused({ run, transfer }: Copying, { failure, transferredBytes }: TransferReply): RunAnswer {
  const { host } = run.job.request.device
  const inPart = transferredBytes > 0
  const effect = inPart ? `${transferredBytes} bytes went over; look at the file.` : 'Nothing of it is there.'
  const why = run.redactor.redact(failure?.message ?? '')
  const error = engineError('TRANSFER_REFUSED', `${host} did not take the file: ${why} ${effect}`, {
    details: { direction: transfer.direction, failure: failure?.kind ?? 'other', transferredBytes },
  })
  return { status: 'failed', outcome: inPart ? 'partial' : 'failed', error: toErrorData(error) }
}

/** Runs what follows the upload; the file is removed afterwards whatever came of it. */
async function execute({ run, session, files, transfer, context }: Copying): Promise<RunAnswer> {
  const { command, cleanUp } = transfer.execute!
  const { journal, limits, progress } = run
  journal.check()
  limits.throwIfStopping()
  progress.uncertain = true
  run.output.begin()
  const reply = await session.send(command, context, run.send)
  progress.uncertain = false
  const result = fittedResultOf(run, command, reply)
  progress.results.push(result)
  journal.note({ phase: 'line_acked', line: 1 }, [result])
  const left = cleanUp ? await files.remove(transfer.remotePath, context) : null
  if (left !== null) progress.results.push(notRemoved(run, transfer, left))
  if (run.output.error !== undefined) throw run.output.error
  return { status: 'finished', outcome: reply.failure === null && left === null ? 'succeeded' : 'refused' }
}

const notRemoved = (run: JobRun, { remotePath }: FileTransfer, failure: CommandFailure): CommandResult =>
  resultOf(run, `remove ${remotePath}`, { input: '', output: '', failure, elapsedMs: 0 })

// ---- downloads ----

const occupied: TransferReply = {
  transferredBytes: 0,
  skipped: false,
  hashVerified: null,
  failure: { kind: 'exists', message: 'There is a file at local_path already, and overwrite is false.' },
  elapsedMs: 0,
}

async function download(copying: Copying): Promise<RunAnswer> {
  const { run, storage, transfer } = copying
  run.limits.throwIfStopping()
  const landing = await openLanding(storage, run.job, transfer)
  try {
    return await fetchFile(copying, landing)
  } catch (error) {
    // What a later attempt goes on with stays; the last one leaves nothing.
    if (!transfer.options.resume || run.job.attempt >= run.job.maxAttempts) await landing.discard()
    throw error
  }
}

const withLanded = (result: CommandResult, { file, fileIds }: Landed): CommandResult => ({
  ...result,
  metadata: { ...result.metadata, ...(fileIds === undefined ? {} : { fileIds }) },
  ...(file === undefined ? {} : { file }),
})

async function fetchFile(copying: Copying, landing: Landing): Promise<RunAnswer> {
  const { run, files, transfer, context } = copying
  const { remotePath, options } = transfer
  // The target of the driver is beside the real one, and never in the way.
  const copy = { localPath: landing.partPath, remotePath, options: { ...options, overwrite: true } }
  const isKept = landing.occupied && !options.overwrite
  const reply = isKept ? occupied : judged(await files.download(copy, context), transfer)
  if (reply.failure?.kind === 'hash_mismatch')
    throw engineError(
      'TRANSFER_CORRUPT',
      `The file from ${run.job.request.device.host} is not what is there: ${reply.failure.message}`,
    )
  const result = transferResult(copying, reply, landing.shownPath)
  if (reply.failure !== null) {
    await landing.discard()
    run.progress.results.push(result)
    return { status: 'finished', outcome: 'refused' }
  }
  run.progress.results.push(withLanded(result, await landing.commit()))
  return { status: 'finished', outcome: 'succeeded' }
}
