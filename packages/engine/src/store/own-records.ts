import type { SharedRecords } from '@netpulse/queue-redis'

/** Records that this process shares with nobody, in its memory. */
export function ownRecords(): SharedRecords {
  const records = new Map<string, string>()
  return {
    get: (name) => Promise.resolve(records.get(name)),
    entries: () => Promise.resolve(new Map(records)),
    set: (name, value) => Promise.resolve(void records.set(name, value)),
    add: (name, value) => {
      const isNew = !records.has(name)
      if (isNew) records.set(name, value)
      return Promise.resolve(isNew)
    },
    replace: (name, before, value) => {
      const isSame = records.get(name) === before
      if (isSame) records.set(name, value)
      return Promise.resolve(isSame)
    },
    delete: (name) => Promise.resolve(records.delete(name)),
  }
}
