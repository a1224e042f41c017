import { defineErrors } from '@netpulse/core'

export const cliError = defineErrors({
  COMMAND_LINE_INVALID: {
    kind: 'invalid',
    summary: '`netpulse`: the words and flags do not go together. `netpulse COMMAND --help` shows what there is.',
  },
  API_KEY_MISSING: {
    kind: 'denied',
    summary:
      '`netpulse`: no API key was given. Set `NETPULSE_API_KEY`, name a file with `--api-key-file`, or put it into a profile.',
  },
  SECRET_MISSING: {
    kind: 'invalid',
    summary:
      '`netpulse`: a password is needed, and nobody is there to ask. Set `NETPULSE_DEVICE_PASSWORD` or name a file with `--password-file`.',
  },
  PROFILE_INVALID: {
    kind: 'invalid',
    summary: "`netpulse`: the program's configuration file is not YAML, has an unknown key, or lacks the profile.",
  },
  FILE_UNSAFE: {
    kind: 'invalid',
    summary: '`netpulse`: a file with an API key can be read by others on this machine. `chmod 600` it.',
  },
  FILE_UNREADABLE: {
    kind: 'invalid',
    summary: '`netpulse`: a file that the command line names cannot be read or written.',
  },
  ENTRY_UNKNOWN: {
    kind: 'not-found',
    summary:
      '`netpulse credentials`: the sealed file has no entry of this name. `netpulse credentials list` shows what it has.',
  },
  DEVICE_FILE_INVALID: {
    kind: 'invalid',
    summary: '`netpulse`: the file of devices has another format than CSV, YAML or JSON, or a row that is no device.',
  },
})
