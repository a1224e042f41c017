import type { Platform } from '@netpulse/platforms'

/** Names that privileged modes have, in NetPulse's definitions and in those of scrapli. */
const names = ['privileged_exec', 'privilege_exec', 'root'] as const

/** The mode that `enable_mode` means: the platform's privileged one, else the one that it works in. */
export function privilegedModeOf(platform: Platform): string {
  return names.find((name) => platform.modes.has(name)) ?? platform.defaultMode
}
