/**
 * IPv4 blocks that are not globally reachable, or not one host.
 * @see IANA IPv4 Special-Purpose Address Registry (RFC 6890 and later), RFC 5771 (multicast), RFC 7526 (6to4 relays)
 */
export const specialIpv4: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** The only IPv6 block of which global unicast addresses are given out. @see RFC 4291, IANA IPv6 Address Space */
export const globalIpv6 = '2000::/3'

/**
 * Blocks within it that are special, tunnels among them: what is behind one may be any IPv4 address.
 * @see IANA IPv6 Special-Purpose Address Registry; Teredo RFC 4380, 6to4 RFC 3056
 */
export const specialIpv6: readonly string[] = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

/**
 * IPv6 prefixes of 96 bits before an IPv4 address, which then decides: IPv4-mapped (RFC 4291), and NAT64 (RFC 6052), by
 * which a network without IPv4 reaches every IPv4 host.
 */
export const ipv4Prefixes: readonly string[] = ['::ffff:', '64:ff9b::']
