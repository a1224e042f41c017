import type { NetPulseError } from '@netpulse/core'
import { isNetPulseError } from '@netpulse/core'
import type { CallContext } from '@netpulse/driver-sdk'
import { driverError } from '@netpulse/driver-sdk'
import type { LoginDialogue } from '@netpulse/platforms'
import type { Answer, ChannelCall, TextPattern } from './channel-call.js'
import type { CliChannel } from './cli-channel.js'

export interface LoginRequest {
  readonly dialogue: LoginDialogue
  readonly username?: string
  readonly password?: string
  /**
   * The device is known to ask (telnet), so that its questions are believed at once. After an SSH login a greeting
   * may hold their words (`Last login:`), and a question is believed only when nothing follows it.
   */
  readonly asks: boolean
  /** The caller sends commands next, whose echoes prove the prompt. */
  readonly promptIsProvedLater: boolean
  /** From now to the first prompt. */
  readonly timeoutMs: number
}

/** In the order of the patterns. */
const questions = ['username', 'password', 'refused'] as const

/**
 * Reads the greeting up to the first prompt, answering the questions for name and password on the way, each once.
 * @throws AUTH_FAILED refused, asked again, hung up after the password, or asked for what the request lacks
 * @throws CONNECT_TIMEOUT nothing came; PROMPT_UNKNOWN something came, but no prompt that the platform knows
 * @throws SESSION_LOST, ABORTED
 */
export async function logIn(channel: CliChannel, request: LoginRequest, context: CallContext): Promise<Answer> {
  const given = new Set<string>()
  try {
    let answer = await channel.read(callFor(request, given, context))
    while (answer.endedBy !== 'prompt' && answer.prompt === '') {
      const text = textFor(questions[answer.endedBy as number]!, request, given)
      answer = await channel.send(text, callFor(request, given, context))
    }
    return answer
  } catch (error) {
    throw loginError(error, given)
  }
}

/** A refusal can follow a password only; before it, its words are part of a greeting. */
function callFor(request: LoginRequest, given: ReadonlySet<string>, context: CallContext): ChannelCall {
  const { username, password, refused } = request.dialogue
  const tried = given.has('password')
  return {
    ...context,
    timeoutMs: request.timeoutMs,
    until: [asked(username), asked(password), ...(tried ? [refused] : [])],
    cautious: tried || !request.asks,
    anyPrompt: request.promptIsProvedLater,
    echo: 'none',
  }
}

const asked = (question: RegExp): TextPattern => ({ test: (text) => question.test(text), atCursor: true })

function textFor(question: (typeof questions)[number], request: LoginRequest, given: Set<string>): string {
  if (question === 'refused' || given.has(question))
    throw driverError('AUTH_FAILED', 'The device refused the user name or the password.')
  const text = request[question]
  if (text === undefined)
    throw driverError('AUTH_FAILED', `The device asks for a ${question}, and connection_args.${question} is not given.`)
  given.add(question)
  return text
}

function loginError(error: unknown, given: ReadonlySet<string>): unknown {
  if (isNetPulseError(error, 'READ_TIMEOUT')) return silence(error)
  if (isNetPulseError(error, 'SESSION_LOST') && given.has('password'))
    return driverError('AUTH_FAILED', 'The device closed the connection after the password.', { cause: error })
  return error
}

function silence(error: NetPulseError): NetPulseError {
  const { tailShape = '', timeoutSeconds = 0 } = error.details ?? {}
  if (tailShape === '')
    return driverError('CONNECT_TIMEOUT', `No prompt within ${String(timeoutSeconds)} s (timeout).`, { cause: error })
  return driverError('PROMPT_UNKNOWN', 'The platform knows no prompt like what the device shows; check device_type.', {
    details: { tailShape },
    cause: error,
  })
}
