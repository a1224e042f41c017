import { defineErrors } from '@netpulse/core'

/** Errors about platform definitions and the files that hold them. */
export const platformError = defineErrors({
  PLATFORM_UNKNOWN: {
    kind: 'invalid',
    summary:
      'No platform has this name or alias. The message has the nearest known name; add your own with one YAML file named in the config.',
  },
  PLATFORM_INVALID: {
    kind: 'invalid',
    summary:
      'A platform definition does not fit the format: unknown key, missing mode, bad pattern. The message names file, path and what is allowed there.',
  },
  PLATFORM_CLASH: {
    kind: 'conflict',
    summary:
      'Two platform definitions answer to one name. Rename one, drop the alias, or set `replaces: true` in your file to put it before a built-in one.',
  },
  PATTERN_INVALID: {
    kind: 'invalid',
    summary:
      'A pattern cannot be written in JavaScript, or could be made to run for very long by what a device prints. The message has the place and the reason.',
  },
  CONFIG_BLOCK_OPEN: {
    kind: 'invalid',
    summary:
      'Configuration lines begin a block (a banner, a certificate) whose end is missing. The device would wait inside of it; nothing was sent.',
  },
  SESSION_FILE_INVALID: {
    kind: 'invalid',
    summary: 'A recorded session for tests is missing or incomplete.',
  },
})
