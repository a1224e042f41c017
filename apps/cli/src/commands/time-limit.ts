import type { Job, WaitOptions } from '@netpulse/client'
import type { Context } from '../context.js'

type Limited = Pick<Context, 'parts' | 'options'>

/** Aborted by Ctrl-C, and with `--timeout` at its end. */
export const untilTimeout = ({ parts, options }: Limited): AbortSignal =>
  options.timeout === undefined
    ? parts.interrupted
    : AbortSignal.any([parts.interrupted, AbortSignal.timeout(options.timeout * 1000)])

/** A wait for a job, which tells its end by `--timeout` itself. */
export const waitUntilTimeout = ({ parts, options }: Limited): WaitOptions => ({
  signal: parts.interrupted,
  ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
})

/** For whoever stops waiting before the end. */
export const noteGoesOn = ({ report }: Pick<Context, 'report'>, { id }: Job): void =>
  report.note(`netpulse: job ${id} goes on; see it with: netpulse job ${id}`)
