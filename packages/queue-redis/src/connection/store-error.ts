import { isNetPulseError } from '@netpulse/core'
import { queueError } from '@netpulse/queue'

/** Answers by which Redis says that it cannot do it now: the first word of the answer, and what it means. */
const refusals: ReadonlyMap<string, string> = new Map([
  ['LOADING', 'it still loads its data'],
  ['READONLY', 'it is a replica now'],
  ['MASTERDOWN', 'it is a replica without its master'],
  ['UNBLOCKED', 'it is a replica now'],
  ['MISCONF', 'it cannot write to its disk'],
  ['OOM', 'its memory is full (maxmemory)'],
  ['NOREPLICAS', 'too few replicas follow it'],
  ['BUSY', 'a script blocks it'],
  ['CLUSTERDOWN', 'its cluster is down'],
  ['TRYAGAIN', 'its cluster moves the keys'],
  ['MOVED', 'its cluster has moved the keys to another server'],
  ['ASK', 'its cluster moves the keys'],
  ['NOAUTH', 'it wants a password now'],
  ['WRONGPASS', 'it does not take the password any more'],
  ['NOPERM', 'the ACL user may not do this any more'],
])

/** `NOAUTH Authentication required.` → `NOAUTH`. Redis puts a code in capitals before the text, scripts included. */
export const answerCode = (message: string): string => /^-?([A-Z]+)\b/.exec(message)?.[1] ?? ''

const connectionTrouble = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'])
const gone =
  /^(Connection is closed|Command timed out|connect ETIMEDOUT|Socket timeout|Stream isn't writeable|All sentinels)/

/** Whether an error of ioredis or bee-queue only says that Redis is away or slow. */
export function isConnectionTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  if (connectionTrouble.has(code) || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return true
  return error.name === 'AbortError' || error.name === 'MaxRetriesPerRequestError' || gone.test(error.message)
}

/**
 * An error of ioredis as ours: STORE_UNAVAILABLE when Redis is away, slow or cannot do it now; anything else, such as a
 * wrong command, is a bug and stays as it is, without the command's arguments. An error of ours passes unchanged.
 */
export function storeError(error: unknown): unknown {
  if (isNetPulseError(error) || !(error instanceof Error)) return error
  if (error.message === 'Command timed out') {
    return unavailable('Redis did not answer in time; whether the change was made is not known.', error)
  }
  if (isConnectionTrouble(error)) {
    return unavailable('The connection to Redis is lost; whether the change was made is not known.', error)
  }
  const meaning = refusals.get(answerCode(error.message))
  if (meaning !== undefined) return unavailable(`Redis refused: ${meaning}.`, error)
  return bare(error)
}

const unavailable = (message: string, error: Error): Error =>
  queueError('STORE_UNAVAILABLE', message, { cause: bare(error) })

/** ioredis hangs the command with its arguments on an error; they may be credentials or whole jobs. */
export function bare(error: Error): Error {
  const { name, message, stack } = error
  return Object.assign(new Error(withoutArguments(message)), { name, stack: withoutArguments(stack ?? '') })
}

/** Redis repeats the arguments of a command that it does not know. */
const withoutArguments = (message: string): string => message.replace(/, with args beginning with:.*$/m, '')
