import { driverError } from '@netpulse/driver-sdk'
import type { Endpoint } from './tcp/endpoint.js'

/** The timeouts of an opening, by the names that users set. */
export type TimeoutOption = 'conn_timeout' | 'banner_timeout' | 'auth_timeout'

/** CONNECT_TIMEOUT that names the machine, what it did not do, and the option to raise. */
export function timeoutError(endpoint: Endpoint, act: string, option: TimeoutOption, timeoutMs: number): Error {
  return driverError(
    'CONNECT_TIMEOUT',
    `${endpoint.title} did not ${act} within ${timeoutMs / 1000} s (\`${option}\`).`,
    { details: { ...endpoint.details, timeout: option, timeoutMs } },
  )
}
