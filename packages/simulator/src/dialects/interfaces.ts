import type { ConfigTree } from '../config/config-tree.js'

/** An interface as the running configuration has it. */
export interface InterfaceView {
  readonly name: string
  /** `unassigned` when it has none. */
  readonly address: string
  readonly mask: string
  readonly description: string
  readonly isUp: boolean
}

const prefixMasks = (length: number): string =>
  [0, 1, 2, 3].map((octet) => 256 - 2 ** (8 - Math.min(8, Math.max(0, length - octet * 8)))).join('.')

/** `10.0.0.1/24` or `10.0.0.1 255.255.255.0` in parts. */
function addressParts(text: string | undefined): readonly [address: string, mask: string] {
  if (text === undefined) return ['unassigned', '']
  const [address = '', mask = ''] = text.split(/[ /]/)
  return [address, text.includes('/') ? prefixMasks(Number(mask)) : mask]
}

/** The interfaces of a configuration, in its order. */
export function interfacesOf(config: ConfigTree): readonly InterfaceView[] {
  const heads = config.lines().filter((line) => line.startsWith('interface '))
  return heads.map((head) => {
    const value = (words: string): string | undefined => config.value([head], words)
    const [address, mask] = addressParts(value('ip address') ?? value('ipv4 address'))
    return {
      name: head.slice('interface '.length),
      address,
      mask,
      description: value('description') ?? '',
      isUp: !config.has([head], 'shutdown'),
    }
  })
}

/** Length of a dotted mask; 32 for none. */
export const maskLength = (mask: string): number =>
  mask === ''
    ? 32
    : mask.split('.').reduce((bits, octet) => bits + Number(octet).toString(2).replaceAll('0', '').length, 0)

/** The network that an address with a dotted mask is in, as `10.0.0.0/24`. */
export function networkOf(address: string, mask: string): string {
  const masks = (mask === '' ? '255.255.255.255' : mask).split('.').map(Number)
  const octets = address.split('.').map((octet, index) => Number(octet) & (masks[index] ?? 255))
  return `${octets.join('.')}/${maskLength(mask)}`
}
