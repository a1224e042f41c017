import { coreError, nearestWord } from '@netpulse/core'
import { selectorProblem } from '../access/device-selectors.js'
import { scopeWords } from '../access/scopes.js'
import { roles } from '../principal.js'
import type { NewKeyWish } from './api-key-store.js'

/** Longest time that the secret before a rotation is taken, 30 days. */
export const longestOverlapSeconds = 30 * 86_400

interface Problem {
  readonly path: string
  readonly message: string
}

const assertNone = (problems: readonly Problem[]): void => {
  const [first] = problems
  if (first === undefined) return
  const message = `The API key is not valid: ${first.path}: ${first.message}`
  throw coreError('INVALID_INPUT', message, { details: { errors: problems.map((one) => ({ ...one })) } })
}

function scopeProblem(word: string): string | undefined {
  if (scopeWords.includes(word)) return undefined
  const nearest = nearestWord(word, scopeWords)
  return nearest === undefined ? `must be one of ${scopeWords.join(', ')}` : `unknown scope; did you mean "${nearest}"?`
}

/** Problems of a list that, when it is given, has at least one item. */
function* problemsOfList<Item>(
  path: string,
  items: readonly Item[] | undefined,
  problemOf: (item: Item) => string | undefined,
): Generator<Problem> {
  if (items?.length === 0) yield { path, message: 'must have at least one item' }
  for (const [index, item] of (items ?? []).entries()) {
    const message = problemOf(item)
    if (message !== undefined) yield { path: `${path}[${index}]`, message }
  }
}

function* problemsOf(wish: NewKeyWish, now: Date): Generator<Problem> {
  const { name, role, expiresAt } = wish
  if (name.trim() === '' || name.length > 200 || /[\x00-\x1f\x7f]/.test(name))
    yield { path: 'name', message: 'must have 1 to 200 characters, none of them a control character' }
  if (!roles.includes(role)) yield { path: 'role', message: `must be one of ${roles.join(', ')}` }
  if (expiresAt !== undefined && !(expiresAt.getTime() > now.getTime()))
    yield { path: 'expires_at', message: 'must be a moment in the future' }
  yield* problemsOfList('scopes', wish.scopes, scopeProblem)
  yield* problemsOfList('devices', wish.devices, selectorProblem)
  yield* problemsOfList('policy_allow', wish.policyAllow, (rule) =>
    rule.trim() === '' ? 'must not be blank' : undefined,
  )
}

/** @throws INVALID_INPUT with everything that is wrong */
export function assertKeyWish(wish: NewKeyWish, now: Date): void {
  assertNone([...problemsOf(wish, now)])
}

/** @throws INVALID_INPUT */
export function assertOverlap(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= longestOverlapSeconds) return
  assertNone([{ path: 'overlap_seconds', message: `must be a whole number from 0 to ${longestOverlapSeconds}` }])
}
