import type { NetPulseError } from '@netpulse/core'
import { redisError } from '../errors.js'
import { addressText } from './addresses.js'
import type { RedisSettings } from './settings.js'

/** Why no Sentinel could name the master, from what ioredis found out about each. */
export function sentinelFailure({ addresses, sentinel }: RedisSettings, errors: readonly Error[]): NetPulseError {
  const name = `Sentinel at ${addresses.map(addressText).join(', ')}`
  const said = errors.map(({ message }) => message).join('\n')
  if (/invalid reply: null|No such master/.test(said)) {
    return redisError('REDIS_REFUSED', `${name}: none knows a master '${sentinel!.masterName}'.`)
  }
  if (/WRONGPASS/.test(said)) return redisError('REDIS_REFUSED', `${name} refused: wrong password.`)
  if (/NOAUTH/.test(said)) return redisError('REDIS_REFUSED', `${name} refused: it needs a password.`)
  if (/NOPERM/.test(said)) return redisError('REDIS_REFUSED', `${name} refused: its user may not run SENTINEL.`)
  return redisError('REDIS_UNREACHABLE', `${name}: none answers.`)
}
