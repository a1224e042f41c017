import type { Clock } from '@netpulse/core'
import type { HostKey, HostKeyStore, PinnedHostKey } from '@netpulse/driver-sdk'
import type { SharedRecords } from '@netpulse/queue-redis'

interface Stored {
  readonly type: string
  readonly fingerprint: string
  readonly firstSeenAt: string
}

/** Host keys that all nodes of a deployment trust together: a device that one node has met is known to all. */
export function sharedHostKeys(records: SharedRecords, clock: Clock): HostKeyStore {
  const parse = (address: string, text: string): PinnedHostKey => {
    const { type, fingerprint, firstSeenAt } = JSON.parse(text) as Stored
    return { address, type, fingerprint, firstSeenAt: new Date(firstSeenAt) }
  }
  const find = async (address: string): Promise<PinnedHostKey | undefined> => {
    const text = await records.get(address)
    return text === undefined ? undefined : parse(address, text)
  }
  const textOf = ({ type, fingerprint }: HostKey): string => {
    const stored: Stored = { type, fingerprint, firstSeenAt: clock.now().toISOString() }
    return JSON.stringify(stored)
  }
  return {
    find,
    async pin(address, key) {
      const text = textOf(key)
      // Whoever loses the race trusts what the winner has seen, or nothing.
      if (await records.add(address, text)) return parse(address, text)
      return (await find(address)) ?? parse(address, text)
    },
    async replace(address, key) {
      const text = textOf(key)
      await records.set(address, text)
      return parse(address, text)
    },
    remove: (address) => records.delete(address),
    list: async () => [...(await records.entries())].map(([address, text]) => parse(address, text)),
  }
}
