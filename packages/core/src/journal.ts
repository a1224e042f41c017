/**
 * How far a job came with its device; written before the act, so that after a crash the last entry says what may have
 * happened. In the order of a complete modification.
 */
export const journalPhases = [
  'leased',
  'connected',
  'entered_config',
  'line_sent',
  'line_acked',
  'commit_sent',
  'committed',
  'verified',
  'confirmed',
  'saved',
] as const

export type JournalPhase = (typeof journalPhases)[number]

export interface JournalEntry {
  readonly phase: JournalPhase
  /** Index of the config line, from 0, for `line_sent` and `line_acked`. */
  readonly line?: number
}

/** Whether the first byte in config mode may have reached the device: the point of no return. */
export function mayHaveTouched(entry: JournalEntry | undefined): boolean {
  return entry !== undefined && journalPhases.indexOf(entry.phase) >= journalPhases.indexOf('entered_config')
}
