/** What makes a simulated device itself. Everything follows from its name, so that each start gives the same box. */
export interface Persona {
  readonly name: string
  /** Chassis serial number, 11 characters as Cisco prints it; unlike any other device's for all practical purposes. */
  readonly serial: string
  /** Colon-separated base MAC address, locally administered. */
  readonly mac: string
  /** Management address, from 10.0.0.0/8. */
  readonly address: string
  /** Router id, from 192.0.2.0/24 and its documentation siblings. */
  readonly routerId: string
  /** Days since the simulated boot. */
  readonly uptimeDays: number
  /** Four hexadecimal digits, for names that need a suffix. */
  readonly tag: string
}

/** 32-bit FNV-1a of the text. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  // FNV leaves short texts alike in the high bits; one round of mixing spreads them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** The persona of the device with this name. */
export function personaOf(name: string): Persona {
  const first = hashText(name)
  const second = hashText(`${name}/serial`)
  const hex = first.toString(16).padStart(8, '0')
  const pairs = hex.match(/../g) as string[]
  return {
    name,
    serial:
      `SIM${(second % 36 ** 6).toString(36).padStart(6, '0')}${(first % 36 ** 2).toString(36).padStart(2, '0')}`.toUpperCase(),
    mac: ['02', '50', ...pairs].join(':'),
    address: `10.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${1 + (first % 254)}`,
    routerId: `192.0.2.${1 + (second % 254)}`,
    uptimeDays: 1 + (second % 400),
    tag: hex.slice(0, 4),
  }
}
