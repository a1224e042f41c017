import type { CallContext, CandidateConfig, Reply } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import type { ConfigDialect } from '@netpulse/platforms'
import { findFailure } from '@netpulse/platforms'
import type { Conversation } from './conversation.js'

type CandidateSteps = NonNullable<ConfigDialect['candidate']>

export interface CandidateOptions {
  readonly dialect: ConfigDialect
  readonly steps: CandidateSteps
  /** For each command. */
  readonly timeoutMs: () => number
}

/** The candidate of a platform that has one, by its commands. */
export function createCandidate(conversation: Conversation, options: CandidateOptions): CandidateConfig {
  const { steps } = options
  const run = (commands: readonly string[], context: CallContext): Promise<Reply> =>
    runCommands(conversation, options, commands, context)
  return {
    compare: async (context) => (steps.compare === undefined ? '' : compareWith(run, steps.compare, context)),
    commit: (context, confirmWithinSeconds) => run(commitCommands(steps, confirmWithinSeconds), context),
    ...(steps.confirm === undefined ? {} : { confirm: (context) => run([steps.confirm!], context) }),
    discard: async (context) => {
      const reply = await run(steps.discard, context)
      if (reply.failure === null) return
      throw driverError('SESSION_LOST', `The device did not discard the candidate: ${reply.failure.message}`)
    },
  }
}

type Run = (commands: readonly string[], context: CallContext) => Promise<Reply>

async function compareWith(run: Run, command: string, context: CallContext): Promise<string> {
  const reply = await run([command], context)
  return reply.failure === null ? reply.output.trim() : ''
}

/** One command after the other, up to the first that the device refuses. */
async function runCommands(
  { channel, mover, platform }: Conversation,
  { dialect, timeoutMs }: CandidateOptions,
  commands: readonly string[],
  context: CallContext,
): Promise<Reply> {
  const outputs: string[] = []
  let elapsedMs = 0
  for (const command of commands) {
    const answer = await channel.send(command, {
      ...context,
      timeoutMs: timeoutMs(),
      answers: dialect.questions ?? [],
    })
    mover.look()
    outputs.push(answer.output)
    elapsedMs += answer.elapsedMs
    const failure = findFailure(platform, answer.output)
    if (failure !== null) return { input: command, output: outputs.join('\n'), failure, elapsedMs }
  }
  return { input: commands.join('\n'), output: outputs.join('\n').trim(), failure: null, elapsedMs }
}

function commitCommands(steps: CandidateSteps, confirmWithinSeconds: number | undefined): readonly string[] {
  if (confirmWithinSeconds === undefined) return steps.commit
  if (steps.commitConfirmed === undefined)
    throw driverError('NOT_SUPPORTED', 'The platform has no commit that rolls back by itself.')
  const minutes = Math.ceil(confirmWithinSeconds / 60)
  return [
    steps.commitConfirmed
      .replace('{seconds}', String(Math.ceil(confirmWithinSeconds)))
      .replace('{minutes}', String(minutes)),
  ]
}
