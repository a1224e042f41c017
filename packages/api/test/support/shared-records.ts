import type { SharedRecords } from '@netpulse/engine'

/** Records as two processes see them, with a count of the questions. */
export function sharedRecords() {
  const asked = { get: 0 }
  const records = (): SharedRecords & { readonly values: Map<string, string> } => {
    const values = new Map<string, string>()
    return {
      values,
      get: (name) => {
        asked.get++
        return Promise.resolve(values.get(name))
      },
      entries: () => Promise.resolve(new Map(values)),
      set: (name, value) => Promise.resolve(void values.set(name, value)),
      add: (name, value) => Promise.resolve(!values.has(name) && values.set(name, value).has(name)),
      replace: (name, before, value) =>
        Promise.resolve(values.get(name) === before && values.set(name, value).has(name)),
      delete: (name) => Promise.resolve(values.delete(name)),
    }
  }
  return { keys: records(), usage: records(), asked }
}
