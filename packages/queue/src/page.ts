import { coreError } from '@netpulse/core'
import { queueError } from './errors.js'

const largestPage = 1000

/** @throws INVALID_INPUT */
export function assertPageLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= largestPage) return
  throw coreError('INVALID_INPUT', `A page has 1 to ${largestPage} jobs, not ${limit}.`)
}

/** The cursor that goes on below the job of this key: its number in the order of all submits. */
export const cursorOf = (key: number): string => Buffer.from(`k${key}`).toString('base64url')

/** @throws INVALID_CURSOR */
export function keyOf(cursor: string): number {
  const match = /^k(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (match === null) throw queueError('INVALID_CURSOR', 'The cursor is not one that an earlier page gave.')
  return Number(match[1])
}
