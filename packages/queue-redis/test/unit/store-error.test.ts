import { isNetPulseError } from '@netpulse/core'
import { queueError } from '@netpulse/queue'
import { describe, expect, it } from 'vitest'
import { isConnectionTrouble, storeError } from '../../src/connection/store-error.js'

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name })
const coded = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code })

describe('an error of the Redis client', () => {
  const unavailable = [
    { name: 'no answer in time', error: new Error('Command timed out'), says: 'did not answer in time' },
    { name: 'a closed connection', error: new Error('Connection is closed.'), says: 'connection to Redis is lost' },
    { name: 'a refused connection', error: coded('ECONNREFUSED'), says: 'connection to Redis is lost' },
    { name: 'a broken pipeline', error: named('AbortError', 'Command aborted'), says: 'connection to Redis is lost' },
    {
      name: 'silent Sentinels',
      error: new Error('All sentinels are unreachable.'),
      says: 'connection to Redis is lost',
    },
    { name: 'a full server', error: named('ReplyError', 'OOM command not allowed'), says: 'its memory is full' },
    { name: 'a replica', error: named('ReplyError', "READONLY You can't write"), says: 'it is a replica now' },
    {
      name: 'a full disk',
      error: named('ReplyError', 'MISCONF Redis is configured to'),
      says: 'cannot write to its disk',
    },
    { name: 'a changed ACL', error: named('ReplyError', 'NOPERM this user has no'), says: 'may not do this any more' },
  ]
  it.each(unavailable)('is STORE_UNAVAILABLE and may be tried again: $name', ({ error, says }) => {
    const ours = storeError(error)
    expect(ours).toMatchObject({ code: 'STORE_UNAVAILABLE', kind: 'unavailable', retryable: true })
    expect((ours as Error).message).toContain(says)
    expect((ours as Error).cause).toMatchObject({ message: error.message })
  })

  it('of ours passes as it is', () => {
    const ours = queueError('STALE_CLAIM', 'gone')
    expect(storeError(ours)).toBe(ours)
  })

  it('that is a bug stays one, without the arguments of the command', () => {
    const command = { name: 'hset', args: ['{np}:x', 'canary'] }
    const bug = Object.assign(named('ReplyError', 'WRONGTYPE Operation against a key'), { command })
    const stripped = storeError(bug)
    expect(isNetPulseError(stripped)).toBe(false)
    expect(stripped).toMatchObject({ name: 'ReplyError', message: bug.message, stack: bug.stack })
    expect(JSON.stringify(stripped)).not.toContain('canary')
  })

  it('that only says that Redis is away is told from one that does not', () => {
    expect(isConnectionTrouble(coded('EPIPE'))).toBe(true)
    expect(isConnectionTrouble(named('ReplyError', 'NOSCRIPT No matching script'))).toBe(false)
    expect(isConnectionTrouble('Connection is closed.')).toBe(false)
  })
})
