import type { HostKey, HostKeyStore } from '@netpulse/driver-sdk'
import type { AuditAction } from '@netpulse/core'
import type { AuditLog } from '@netpulse/queue'

/**
 * Host keys as sessions see them: a key that is trusted on first use, and one that is taken without a check, are in the
 * audit record. What an operator does with keys is recorded where it is asked for, with the operator's name.
 */
export function auditedHostKeys(store: HostKeyStore, audit: AuditLog): HostKeyStore {
  const note = (action: AuditAction, address: string, { type, fingerprint }: HostKey): Promise<void> =>
    audit.append({
      action,
      actor: { id: '', name: '' },
      source: null,
      device: null,
      host: address.replace(/:\d{1,5}$/, ''),
      job: null,
      outcome: 'succeeded',
      details: { address, type, fingerprint: `SHA256:${fingerprint}` },
    })
  return {
    find: (address) => store.find(address),
    replace: (address, key) => store.replace(address, key),
    remove: (address) => store.remove(address),
    list: () => store.list(),
    pin: async (address, key) => {
      const before = await store.find(address)
      const pinned = await store.pin(address, key)
      if (before === undefined && pinned.fingerprint === key.fingerprint) await note('host_key.trusted', address, key)
      return pinned
    },
    unchecked: async (address, key) => {
      await store.unchecked?.(address, key)
      await note('host_key.unchecked', address, key)
    },
  }
}
