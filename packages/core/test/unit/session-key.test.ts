import { describe, expect, it } from 'vitest'
import { asDeviceId } from '../../src/ids.js'
import { sessionKeyOf } from '../../src/session-key.js'

const key = new Uint8Array(32).fill(7)
const parts = {
  device: asDeviceId('r1'),
  driver: 'cli',
  user: 'admin',
  connection: { password: 'pw', jump_hosts: [{ host: 'j1', password: 'x' }], timeout: 10 },
}

describe('sessionKeyOf', () => {
  it('is the same for equal parts in another order of keys', () => {
    const other = { timeout: 10, jump_hosts: [{ password: 'x', host: 'j1' }], password: 'pw' }
    expect(sessionKeyOf({ ...parts, connection: other }, key)).toBe(sessionKeyOf(parts, key))
  })

  it.each([
    { name: 'the device', change: { device: asDeviceId('r2') } },
    { name: 'the driver', change: { driver: 'ssh' } },
    { name: 'the user', change: { user: 'root' } },
    { name: 'the password', change: { connection: { ...parts.connection, password: 'pW' } } },
    {
      name: 'a credential of a jump host',
      change: { connection: { ...parts.connection, jump_hosts: [{ host: 'j1', password: 'y' }] } },
    },
    { name: 'any option', change: { connection: { ...parts.connection, timeout: 11 } } },
  ])('changes with $name', ({ change }) => {
    expect(sessionKeyOf({ ...parts, ...change }, key)).not.toBe(sessionKeyOf(parts, key))
  })

  it('tells nothing about the password, and is keyed', () => {
    expect(sessionKeyOf(parts, key)).not.toContain('pw')
    expect(sessionKeyOf(parts, new Uint8Array(32).fill(8))).not.toBe(sessionKeyOf(parts, key))
  })
})
