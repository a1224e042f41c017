import type { CommandResult, JobEvent } from '@netpulse/core'

/** Text of an answer that an event carries; the record has all of it. */
const longestEventText = 16_384

/** The data of a `line` event: the answer to the job's command or line of that index, cut where it is long. */
export function lineEventData(index: number, answer: CommandResult): JobEvent['data'] {
  const { command, stdout, stderr, exitStatus, failure, metadata } = answer
  const cut = (text: string): string => text.slice(0, longestEventText)
  const isCut = stdout.length > longestEventText || stderr.length > longestEventText
  return {
    index,
    result: {
      command,
      stdout: cut(stdout),
      stderr: cut(stderr),
      exitStatus,
      failure: failure === null ? null : { kind: failure.kind, message: failure.message },
      metadata,
    },
    ...(isCut ? { truncated: true } : {}),
  }
}
