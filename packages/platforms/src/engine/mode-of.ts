import type { Mode, Platform } from '../platform.js'

/** The modes whose prompt the text ends in, the most specific ones: those whose prompt begins furthest to the left. */
export function candidateModes(platform: Platform, tail: string): readonly Mode[] {
  let longest = Infinity
  let modes: Mode[] = []
  for (const mode of platform.modes.values()) {
    const start = mode.prompt.start === undefined ? matchedFrom(mode, tail) : mode.prompt.start(tail)
    if (start === undefined || start > longest) continue
    if (start < longest) modes = []
    longest = start
    modes.push(mode)
  }
  return modes
}

const matchedFrom = (mode: Mode, tail: string): number | undefined => (mode.prompt.matches(tail) ? 0 : undefined)

/**
 * The mode that a prompt belongs to. Modes may share one prompt (Junos shows the same in `configuration`,
 * `configuration_exclusive` and `configuration_private`): then it is `expected`, the mode that the session believes to
 * be in or is on the way to; without it the one that the platform lists first. `undefined`: no mode has this prompt.
 */
export function modeOf(platform: Platform, tail: string, expected?: string): Mode | undefined {
  const candidates = candidateModes(platform, tail)
  return candidates.find((mode) => mode.name === expected) ?? candidates[0]
}
