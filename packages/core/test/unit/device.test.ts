import { describe, expect, it } from 'vitest'
import { deviceIdOf } from '../../src/device.js'

describe('deviceIdOf', () => {
  it.each([
    { name: 'the host alone on the default port', address: { host: 'R1.example', port: 22 }, id: 'r1.example' },
    { name: 'no port as the default port', address: { host: 'r1' }, id: 'r1' },
    { name: 'another port as another device', address: { host: 'r1', port: 2222 }, id: 'r1:2222' },
    { name: 'a site before the host', address: { host: '10.0.0.1', site: 'berlin' }, id: 'berlin/10.0.0.1' },
    { name: 'the client name before any address', address: { host: 'r1', port: 2222, device: 'core-1' }, id: 'core-1' },
    { name: 'a name within its site', address: { host: 'r1', site: 'b', device: 'core-1' }, id: 'b/core-1' },
    { name: 'IPv6 on the default port', address: { host: '2001:DB8::1' }, id: '2001:db8::1' },
    { name: 'IPv6 on another port in brackets', address: { host: '2001:db8::1', port: 830 }, id: '[2001:db8::1]:830' },
  ])('takes $name', ({ address, id }) => {
    expect(deviceIdOf(address, 22)).toBe(id)
  })

  it('gives the services of one box one order, each on its own default port', () => {
    expect(deviceIdOf({ host: 'sw1', port: 22 }, 22)).toBe(deviceIdOf({ host: 'sw1', port: 443 }, 443))
  })
})
