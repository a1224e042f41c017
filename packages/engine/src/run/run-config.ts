import type { CommandResult } from '@netpulse/core'
import { toErrorData } from '@netpulse/core'
import type { CandidateConfig, ConfigAccess, ConfigBlock, Session } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import { queueError } from '@netpulse/queue'
import { engineError } from '../errors.js'
import type { CleanUp } from './clean-up.js'
import type { JobRun, RunAnswer } from './job-run.js'
import { resultOf, unansweredResult } from './results.js'

/** One config push under way. */
interface Push {
  readonly session: Session
  readonly config: ConfigAccess
  readonly run: JobRun
  readonly cleanUp: CleanUp
  readonly blocks: readonly ConfigBlock[]
  readonly dryRun: boolean
  readonly save: boolean
}

const textOf = (block: ConfigBlock): string => block.lines.join('\n')

/**
 * Applies configuration, step by step, and decides after each. Steps and what a failure at each leaves behind:
 *
 * | step | refused by the device | broken off (timeout, lost connection, cancel) |
 * |---|---|---|
 * | enter | error of the driver, `failed` | `failed`: nothing but a change of mode was sent |
 * | a line, line-live | stop; `partial`, or `failed` when nothing was accepted | in flight: `unknown`; between lines: `partial` or `failed` |
 * | a line, candidate | discard; `rolled_back`, or `failed` when nothing was accepted | discard: `rolled_back`; impossible: `unknown` |
 * | commit | discard; `rolled_back` | `unknown` |
 * | leave | | the session is closed; the lines stay in force |
 * | save | `partial`: in force, not saved | `partial` |
 *
 * After a refusal nothing is committed and nothing is saved.
 */
export async function runConfig(session: Session, run: JobRun, cleanUp: CleanUp): Promise<RunAnswer> {
  const push = preparePush(session, run, cleanUp)
  run.limits.shield()
  run.journal.note({ phase: 'connected' })
  run.limits.throwIfStopping()
  await run.journal.write({ phase: 'entered_config' })
  run.limits.throwIfStopping()
  run.progress.touched = true
  await push.config.enter(run.context, run.send)
  const refused = await orTakeBack(push, () => applyBlocks(push))
  if (refused !== undefined) return endRefused(push, refused)
  return push.config.candidate === undefined ? endLive(push) : endCandidate(push, push.config.candidate)
}

function preparePush(session: Session, run: JobRun, cleanUp: CleanUp): Push {
  const { config } = session
  const { driver, operation, switches, device } = run.job.request
  if (config === undefined || operation.type !== 'config')
    throw driverError('NOT_SUPPORTED', `Driver ${driver} cannot configure ${device.host}.`)
  const dryRun = switches['dry_run'] === true
  if (dryRun && config.candidate === undefined)
    throw driverError('NOT_SUPPORTED', `${device.host} has no candidate configuration, so a dry run is not possible.`)
  // A blank line between blocks says nothing to a device; inside a banner it is text and stays.
  const blocks = config.blocksOf(operation.lines).filter(({ lines }) => lines.some((line) => line.trim() !== ''))
  return { session, config, run, cleanUp, blocks, dryRun, save: switches['save'] === true }
}

/** Sends the blocks in order, up to the first refusal. Answers with the refused result. */
async function applyBlocks(push: Push): Promise<CommandResult | undefined> {
  const { run, blocks } = push
  for (const [index, block] of blocks.entries()) {
    run.journal.check()
    const result = await applyBlock(push, block)
    if (result.failure === null) continue
    skip(push, blocks.slice(index + 1), `Not sent: line ${block.firstLine + 1} was refused.`)
    return result
  }
  return undefined
}

async function applyBlock({ config, run }: Push, block: ConfigBlock): Promise<CommandResult> {
  const { progress, journal, limits } = run
  limits.throwIfStopping()
  journal.note({ phase: 'line_sent', line: block.firstLine })
  progress.uncertain = true
  run.output.begin()
  const reply = await config.apply(block, run.context, run.send)
  progress.uncertain = false
  if (reply.failure === null) progress.accepted += 1
  const result = resultOf(run, textOf(block), reply)
  progress.results.push(result)
  journal.note({ phase: 'line_acked', line: block.firstLine }, [result])
  return result
}

function skip({ run }: Push, blocks: readonly ConfigBlock[], message: string): void {
  for (const block of blocks)
    run.progress.results.push(unansweredResult(run, textOf(block), { kind: 'skipped', message }))
}

/** When the step breaks off: says so for each line without an answer, and takes the candidate back. */
async function orTakeBack<T>(push: Push, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const { run, blocks, config } = push
    const [inFlight, ...rest] = blocks.slice(run.progress.results.length)
    if (inFlight !== undefined && run.progress.uncertain) {
      const failure = { kind: 'other', message: 'Sent, but no answer came: it may be in force.' }
      run.progress.results.push(unansweredResult(run, textOf(inFlight), failure))
      skip(push, rest, 'Not sent: the job was broken off before.')
    } else skip(push, blocks.slice(run.progress.results.length), 'Not sent: the job was broken off before.')
    if (config.candidate !== undefined) await takeBack(push, config.candidate)
    throw error
  }
}

/** Drops the candidate. When that fails nobody knows what the next commit would put in force. */
async function takeBack({ run, cleanUp }: Push, candidate: CandidateConfig): Promise<void> {
  run.progress.uncertain = true
  const done = await cleanUp.attemptInDoubt((context) => candidate.discard(context))
  run.progress.uncertain = !done
  run.progress.rolledBack = done && run.progress.accepted > 0
}

async function endRefused(push: Push, refused: CommandResult): Promise<RunAnswer> {
  const { config, run } = push
  if (config.candidate !== undefined) await discardOrThrow(push, config.candidate)
  await leave(push)
  const inForce = config.candidate === undefined && run.progress.accepted > 0
  const outcome = inForce ? 'partial' : run.progress.rolledBack ? 'rolled_back' : 'failed'
  return { status: 'failed', outcome, error: toErrorData(configRefused(run, refused, inForce)) }
}

function configRefused(run: JobRun, refused: CommandResult, inForce: boolean): Error {
  const { host } = run.job.request.device
  const effect = inForce ? 'The lines before it are in force and were not saved.' : 'Nothing of this job is in force.'
  const [firstLine = ''] = refused.command.split('\n')
  const why = refused.failure?.message ?? ''
  return engineError('CONFIG_REFUSED', `${host} refused "${firstLine}": ${why} ${effect}`, {
    details: { command: refused.command, failure: refused.failure?.kind ?? 'other', accepted: run.progress.accepted },
  })
}

async function discardOrThrow(push: Push, candidate: CandidateConfig): Promise<void> {
  await takeBack(push, candidate)
  if (push.run.progress.uncertain)
    throw queueError('CONTACT_LOST', `The candidate on ${push.run.job.request.device.host} could not be discarded.`)
}

async function endLive(push: Push): Promise<RunAnswer> {
  push.run.limits.throwIfStopping()
  push.run.limits.seal()
  await leave(push)
  return saveIfAsked(push, {})
}

async function endCandidate(push: Push, candidate: CandidateConfig): Promise<RunAnswer> {
  const { run } = push
  const diff = run.redactor.redact(
    await orTakeBack(push, async () => {
      run.limits.throwIfStopping()
      return candidate.compare(run.context)
    }),
  )
  if (push.dryRun) {
    await discardOrThrow(push, candidate)
    await leave(push)
    return { status: 'finished', outcome: 'succeeded', diff }
  }
  const refused = await commit(push, candidate)
  if (refused !== undefined) return { ...(await endRefused(push, refused)), diff }
  run.journal.note({ phase: 'committed' })
  await leave(push)
  return saveIfAsked(push, { diff })
}

/** The last moment to turn back is before the journal says that the commit was sent. */
async function commit(push: Push, candidate: CandidateConfig): Promise<CommandResult | undefined> {
  const { run } = push
  await orTakeBack(push, async () => {
    run.limits.throwIfStopping()
    await run.journal.write({ phase: 'commit_sent' })
    run.limits.throwIfStopping()
  })
  run.limits.seal()
  run.progress.uncertain = true
  const reply = await candidate.commit(run.context)
  run.progress.uncertain = false
  const result = resultOf(run, reply.input, reply)
  run.progress.results.push(result)
  return reply.failure === null ? undefined : result
}

/** Back to the base mode. A session that does not get there is closed; what the device accepted stays so. */
async function leave({ config, cleanUp }: Push): Promise<void> {
  await cleanUp.attempt((context) => config.leave(context))
}

async function saveIfAsked(push: Push, answer: { readonly diff?: string }): Promise<RunAnswer> {
  const { save } = push.config
  if (!push.save || save === undefined) return { status: 'finished', outcome: 'succeeded', ...answer }
  const failure = await saveFailure(push, (context) => save.call(push.config, context))
  if (failure !== undefined) return { status: 'failed', outcome: 'partial', error: failure, ...answer }
  push.run.journal.note({ phase: 'saved' })
  return { status: 'finished', outcome: 'succeeded', ...answer }
}

async function saveFailure(
  { run, session, cleanUp }: Push,
  save: NonNullable<ConfigAccess['save']>,
): Promise<RunAnswer['error']> {
  const because = (why: string, cause?: unknown): RunAnswer['error'] =>
    toErrorData(
      engineError('SAVE_FAILED', `The change is in force on ${run.job.request.device.host} but was not saved: ${why}`, {
        cause,
      }),
    )
  if (run.limits.claimLost) run.limits.throwIfStopping()
  if (!session.usable || cleanUp.doubt) return because('the session was lost before.')
  try {
    const reply = await save(run.context)
    const result = resultOf(run, reply.input, reply)
    run.progress.results.push(result)
    return result.failure === null ? undefined : because(result.failure.message)
  } catch (error) {
    cleanUp.raiseDoubt()
    return because(toErrorData(run.limits.stopReason ?? error).message, error)
  }
}
