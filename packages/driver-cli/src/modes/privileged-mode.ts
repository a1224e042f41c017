import type { Platform } from '@netpulse/platforms'

/** The mode that `enable_mode` means: the platform's own, else the one it works in. */
export function privilegedModeOf(platform: Platform): string {
  return platform.modes.has('privilege_exec') ? 'privilege_exec' : platform.defaultMode
}
