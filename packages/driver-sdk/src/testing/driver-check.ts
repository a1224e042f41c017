import assert from 'node:assert/strict'
import { isNetPulseError } from '@netpulse/core'
import type { Bench } from './bench.js'
import type { DriverAbilities } from './driver-under-test.js'

/** One promise of the driver interface, as a function that throws when it is broken. */
export interface DriverCheck {
  /** A sentence of behaviour. */
  readonly name: string
  /** The ability without which the check says nothing. */
  readonly needs?: keyof DriverAbilities
  run(bench: Bench): Promise<void>
}

/** Fails unless the call throws an error of NetPulse with one of the codes. */
export async function assertThrows(call: Promise<unknown>, codes: readonly string[]): Promise<void> {
  const error = await call.then(
    () => assert.fail(`expected ${codes.join(' or ')}, and nothing was thrown`),
    (reason: unknown) => reason,
  )
  assert.ok(isNetPulseError(error), `expected ${codes.join(' or ')}, got what is no NetPulse error: ${String(error)}`)
  assert.ok(codes.includes(error.code), `expected ${codes.join(' or ')}, got ${error.code}: ${error.message}`)
}

/** Fails when a text of the device still carries what belongs to the terminal. */
export function assertClean(output: string, command: string): void {
  assert.ok(!output.includes('\r'), 'the output holds a carriage return')
  assert.ok(!/[\u0008\u001b]/.test(output), 'the output holds a backspace or an escape sequence')
  assert.ok(!output.trimStart().startsWith(command), 'the output begins with the echo of the command')
}
