import type { Job, NetPulseClient } from '@netpulse/client'
import { hasEnded } from '@netpulse/client'
import type { Context } from '../context.js'
import type { TransferBar } from '../output/transfer-bar.js'
import { noteGoesOn, waitUntilTimeout } from './time-limit.js'
import type { WorkOptions } from './work-options.js'

interface Progress {
  readonly transferred_bytes: number
  readonly total_bytes?: number
}

/** Waits for a job that copies a file, and shows how far it is. @throws TimeoutError after `--timeout`: the job goes on */
export async function watchTransfer(
  context: Context<WorkOptions>,
  client: NetPulseClient,
  { job, bar, step }: { readonly job: Job; readonly bar: TransferBar; readonly step: string },
): Promise<Job> {
  const stop = new AbortController()
  const shown =
    context.parts.stderr.isTTY === true
      ? show(client, job, stop.signal, (progress) => draw(bar, step, progress))
      : undefined
  try {
    if (hasEnded(job)) return job
    return await client.jobs.wait(job.id, waitUntilTimeout(context))
  } catch (error) {
    bar.clear()
    noteGoesOn(context, job)
    throw error
  } finally {
    stop.abort()
    await shown
    bar.clear()
  }
}

const draw = (bar: TransferBar, step: string, { transferred_bytes: bytes, total_bytes: total }: Progress): void =>
  bar.show(step, bytes, total)

/** The wait decides: a stream that fails only stops the drawing. */
async function show(
  client: NetPulseClient,
  { id }: Job,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  try {
    for await (const event of client.jobs.stream(id, { signal }))
      if (event.type === 'progress') onProgress(event.data as unknown as Progress)
  } catch {
    // Aborted at the end of the job, or not to be had: nothing is drawn.
  }
}
