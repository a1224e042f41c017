import type { Platform, Step } from '../platform.js'

/**
 * The modes to pass on the shortest way from one mode to another, without the first; empty when both are the same.
 * `undefined`: there is no way.
 */
export function findPath(platform: Platform, from: string, to: string): readonly string[] | undefined {
  const before = new Map<string, string>()
  const open = [from]
  for (let mode = open.shift(); mode !== undefined && mode !== to; mode = open.shift()) {
    for (const next of platform.modes.get(mode)?.moves.keys() ?? []) {
      if (next === from || before.has(next)) continue
      before.set(next, mode)
      open.push(next)
    }
  }
  if (from !== to && !before.has(to)) return undefined
  const path: string[] = []
  for (let mode: string | undefined = to; mode !== undefined && mode !== from; mode = before.get(mode))
    path.unshift(mode)
  return path
}

/** The steps of the shortest way, one list per mode to enter; see `findPath` for those modes. */
export function findRoute(platform: Platform, from: string, to: string): readonly (readonly Step[])[] | undefined {
  let mode = from
  return findPath(platform, from, to)?.map((next) => {
    const steps = platform.modes.get(mode)?.moves.get(next) ?? []
    mode = next
    return steps
  })
}
