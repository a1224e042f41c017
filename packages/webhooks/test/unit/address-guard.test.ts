import { describe, expect, it } from 'vitest'
import { createAddressGuard } from '../../src/index.js'

const refused = [
  ['this host', '0.0.0.0'],
  ['loopback', '127.0.0.1'],
  ['loopback, another one', '127.255.0.9'],
  ['private 10', '10.20.30.40'],
  ['private 172', '172.31.255.255'],
  ['private 192', '192.168.1.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['link-local, where clouds keep credentials', '169.254.169.254'],
  ['multicast', '224.0.0.251'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['benchmarks', '198.19.0.1'],
  ['documentation', '203.0.113.9'],
  ['IPv6 unspecified', '::'],
  ['IPv6 loopback', '::1'],
  ['IPv6 loopback, written out', '0:0:0:0:0:0:0:1'],
  ['IPv6 link-local', 'fe80::1'],
  ['IPv6 link-local with a zone', 'fe80::1%lo'],
  ['IPv6 site-local', 'fec0::1'],
  ['IPv6 unique local', 'fd12:3456::1'],
  ['IPv6 multicast', 'ff02::1'],
  ['IPv6 documentation', '2001:db8::1'],
  ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
  ['IPv4-mapped loopback in hexadecimal', '::ffff:7f00:1'],
  ['IPv4-mapped private', '::ffff:a00:1'],
  ['IPv4-compatible', '::127.0.0.1'],
  ['NAT64 of loopback', '64:ff9b::7f00:1'],
  ['NAT64 of private', '64:ff9b::192.168.0.1'],
  ['NAT64 of a local network', '64:ff9b:1::1'],
  ['6to4', '2002:7f00:1::1'],
  ['Teredo', '2001:0:4136:e378::1'],
  ['no address', 'example.net'],
  ['nothing', ''],
] as const

const allowed = [
  ['IPv4', '93.184.215.14'],
  ['next to a private block', '172.32.0.1'],
  ['next to carrier-grade NAT', '100.128.0.1'],
  ['IPv6', '2606:4700:4700::1111'],
  ['IPv4-mapped', '::ffff:93.184.215.14'],
  ['NAT64', '64:ff9b::5db8:d70e'],
] as const

describe('an address guard', () => {
  it.each(refused)('refuses %s: %s', (_name, address) => {
    expect(createAddressGuard().allows(address)).toBe(false)
  })

  it.each(allowed)('allows %s: %s', (_name, address) => {
    expect(createAddressGuard().allows(address)).toBe(true)
  })

  it('allows the ranges of the operator, and nothing beside them', () => {
    const guard = createAddressGuard(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32'])
    expect(['10.1.2.3', '127.0.0.1', 'fd00:1::9', '::ffff:10.1.2.3'].map((one) => guard.allows(one))).toEqual(
      Array(4).fill(true),
    )
    expect(['10.2.0.1', '127.0.0.2', 'fd00:2::9', '::1'].map((one) => guard.allows(one))).toEqual(Array(4).fill(false))
  })

  it.each(['10.0.0.0/33', 'fd00::/129', '10.0.0', 'example.net', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%lo'])(
    'refuses %s as a range',
    (range) => {
      expect(() => createAddressGuard([range])).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    },
  )
})
