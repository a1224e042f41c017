import type { NetPulseError } from '@netpulse/core'
import { isNetPulseError } from '@netpulse/core'
import { redisError } from '../errors.js'
import { addressText } from './addresses.js'
import type { RedisSettings } from './settings.js'
import { answerCode, bare } from './store-error.js'

/** `Redis at 10.0.0.5:6379`, or `Redis master 'mymaster'`: what messages call the server. */
export function serverName({ addresses, sentinel }: RedisSettings): string {
  if (sentinel !== undefined) return `Redis master '${sentinel.masterName}'`
  return `Redis at ${addressText(addresses[0]!)}`
}

const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ETIMEDOUT: 'no answer to the attempt to connect',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the name service does not answer',
  EACCES: 'this system forbids the connection',
}

const authority = 'its certificate is not signed by a known authority; give that authority as `tls.ca`'
const clientCertificate = 'it wants to see a client certificate; give `tls.cert` and `tls.key`'
const noTls = 'it does not speak TLS there; use redis://, or its TLS port'
const wantsTls = 'it closed the connection before it answered; if it expects TLS, use rediss://'

const tlsWords: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: authority,
  SELF_SIGNED_CERT_IN_CHAIN: authority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: authority,
  UNABLE_TO_GET_ISSUER_CERT: authority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: authority,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not yet valid; check the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; set `tls.serverName` to the name it has',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: clientCertificate,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust the client certificate of `tls.cert`',
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: noTls,
}

/** What Redis answers to a login or a first command that it refuses. */
const refusalWords: Readonly<Record<string, string>> = {
  NOAUTH: 'it needs a password',
  DENIED: 'it runs in protected mode and takes only connections of its own machine; give it a password',
  READONLY: 'it is a replica; give the address of the master',
  MISCONF: 'it does not take writes because it cannot write to its disk',
  OOM: 'it does not take writes because its memory is full (maxmemory)',
  NOREPLICAS: 'it does not take writes because too few replicas follow it',
  CLUSTERDOWN: 'its cluster is down',
}

/** The trouble of a start as one sentence with what to do; never with a password. */
export function startFailure(settings: RedisSettings, error: unknown): NetPulseError {
  if (isNetPulseError(error)) return error
  const name = serverName(settings)
  const known = error instanceof Error ? error : new Error(String(error))
  const context = { cause: bare(known) }
  const refusal = refusalOf(settings, known.message)
  if (refusal !== undefined) return redisError('REDIS_REFUSED', `${name} refused: ${refusal}.`, context)
  return redisError('REDIS_UNREACHABLE', `${name} is not reachable: ${unreachableWords(settings, known)}.`, context)
}

function refusalOf({ username, database, prefix }: RedisSettings, message: string): string | undefined {
  const code = answerCode(message)
  const words = refusalWords[code]
  if (words !== undefined) return words
  if (code === 'WRONGPASS') return username === undefined ? 'wrong password' : `wrong password for user '${username}'`
  if (code === 'NOPERM') return permissionWords(username, prefix, message)
  if (code === 'MOVED') return `its cluster keeps the keys of ${prefix} on ${message.split(' ')[2]}; give that address`
  if (/DB index is out of range/.test(message)) return `it has no database ${database}`
  if (/SELECT is not allowed/.test(message)) return 'it is part of a cluster, which has database 0 only'
  if (/max number of clients/.test(message)) return 'it has too many clients (maxclients)'
  return undefined
}

/** Which right an ACL user lacks, from Redis' own words. */
export function permissionWords(username: string | undefined, prefix: string, message: string): string {
  const who = `user '${username ?? 'default'}'`
  const command = /run the '([^']+)' command/.exec(message)?.[1]
  if (command !== undefined) return `${who} may not run ${command.toUpperCase().replace('|', ' ')}`
  if (/channel/.test(message)) return `${who} may not use channels that begin with ${prefix} (ACL: &${prefix}*)`
  return `${who} may not touch keys that begin with ${prefix} (ACL: ~${prefix}*)`
}

function unreachableWords(settings: RedisSettings, error: Error): string {
  const { tls, connectTimeoutMs, commandTimeoutMs } = settings
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  const words = networkWords[code] ?? tlsWords[code]
  if (words !== undefined) return words
  if (/Command timed out/.test(error.message))
    return `it took the connection, but answers nothing within ${commandTimeoutMs} ms`
  if (/LOADING|loading/.test(error.message)) return `it was still loading its data after ${connectTimeoutMs} ms`
  if (code === 'ECONNRESET' || /Connection is closed|ECONNRESET|EPIPE/.test(error.message))
    return tls === undefined ? wantsTls : noTls
  return bare(error).message
}
