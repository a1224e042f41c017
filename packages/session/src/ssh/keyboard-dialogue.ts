import type { SshEndpoint } from './ssh-target.js'

/** A question of a keyboard-interactive login (RFC 4256). */
export interface KeyboardPrompt {
  readonly prompt: string
  /** Whether the server wants the answer shown while it is typed. */
  readonly echo?: boolean
}

/** Either the answers, one per prompt, or why there is none. */
export type KeyboardReply =
  { readonly answers: readonly string[] } | { readonly unanswered: string; readonly reason: string }

/** A login may not change the password by itself. */
const newPassword = /\bnew\s+pass|\bretype\b|\bre-?enter\b|pass\w*\s+again|\bchange\s+(your\s+)?pass/i
/** Hidden, yet not the password: answering these with it only counts as a failed login. */
const oneTime = /\b(token|otp|one.?time|verification|authenticator|code)\b/i
const userName = /\b(user\s?name|user|login|account)\b.{0,32}$/i

/**
 * Answers the questions of one keyboard-interactive login. A question that comes a second time means that the first
 * answer was wrong: it is not answered again, so that no account is locked.
 */
export class KeyboardDialogue {
  readonly #login: SshEndpoint
  readonly #asked = new Set<string>()

  constructor(login: SshEndpoint) {
    this.#login = login
  }

  reply(prompts: readonly KeyboardPrompt[]): KeyboardReply {
    const asked = prompts.map(({ prompt }) => prompt.trim())
    const repeated = asked.find((prompt) => this.#asked.has(prompt))
    if (repeated !== undefined) return { unanswered: repeated, reason: 'refused the answer and asks again' }
    for (const prompt of asked) this.#asked.add(prompt)
    const answers: string[] = []
    for (const prompt of prompts) {
      const answer = this.#answerTo(prompt)
      if (answer === undefined) return { unanswered: prompt.prompt.trim(), reason: 'asks what nothing answers' }
      answers.push(answer)
    }
    return { answers }
  }

  #answerTo({ prompt, echo = false }: KeyboardPrompt): string | undefined {
    const { keyboardAnswers = [], password, username } = this.#login
    const text = prompt.toLowerCase()
    const chosen = keyboardAnswers.find((answer) => text.includes(answer.prompt.toLowerCase()))
    if (chosen !== undefined) return chosen.answer
    if (newPassword.test(prompt)) return undefined
    if (echo && !/pass/i.test(prompt)) return userName.test(prompt) ? username : undefined
    return oneTime.test(prompt) ? undefined : password
  }
}
