import { defineErrors } from '@netpulse/core'

export const engineError = defineErrors({
  AUDIT_REQUIRED: {
    kind: 'denied',
    summary:
      'The request asks to be left out of the audit record (`audit_mode: none`), which the operator does not allow.',
  },
  NO_WORKER: {
    kind: 'unavailable',
    retryable: true,
    summary: 'No node has room for the device. Try again later, or raise `capacity`.',
  },
  QUEUE_FULL: {
    kind: 'limited',
    retryable: true,
    summary: 'Too many jobs wait for the device, or in all. `details.retryAfterSeconds` says when to try again.',
  },
  DEVICE_PAUSED: {
    kind: 'unavailable',
    retryable: true,
    summary:
      'Connections to the device failed several times in a row, so it is left alone for a while. `details.retryAfterSeconds` says for how long; `GET /logins/pauses` lists the pauses, and an operator may end one.',
  },
  CREDENTIAL_PAUSED: {
    kind: 'denied',
    summary:
      'The credential was refused by several devices in a row, or by this one several times, so it is not used for a while, and no account is locked. Correct it: another password is another credential. `GET /logins/pauses` lists the pauses, and an operator may end one.',
  },
  COMMAND_DENIED: {
    kind: 'denied',
    summary:
      'The command policy refuses a line: a rule denies it, or the caller may only read. `errors` names the place of the line and the rule; nothing was stored. `policy.allow` of the configuration or of the API key lifts a rule.',
  },
  OUTPUT_TOO_LARGE: {
    kind: 'limited',
    summary:
      'The device printed more than `limits.output_per_command` or `limits.output_per_job` allows. The result is cut, and its session was closed. Ask for less, or raise the limit.',
  },
  EXECUTION_TIMEOUT: {
    kind: 'timeout',
    summary: 'The job did not end within its `execution_timeout`. Its session was closed.',
  },
  DRAINED: {
    kind: 'unavailable',
    retryable: true,
    summary: 'NetPulse was shut down before the job could end.',
  },
  IDEMPOTENCY_CONFLICT: {
    kind: 'conflict',
    summary:
      'The `Idempotency-Key` was sent before with another request, whose job is still kept. Nothing was done: a new request needs a new key.',
  },
  TRANSFER_REFUSED: {
    kind: 'conflict',
    summary:
      'The device did not take the file. `details.failure` says why: `exists`, `denied`, `not_found`, `hash_mismatch`, `other`; the outcome says whether something of it is there.',
  },
  TRANSFER_CORRUPT: {
    kind: 'unavailable',
    retryable: true,
    summary:
      'What was fetched has another hash than the file on the device: it changed meanwhile, or was damaged on its way. It is fetched again, and never kept.',
  },
  DRIVER_UNKNOWN: {
    kind: 'invalid',
    summary: 'No configured driver has this name or alias. `GET /drivers` and the plugin table list those there are.',
  },
  SAVE_FAILED: {
    kind: 'conflict',
    summary:
      "The change is in force, but the device did not save it: it is lost at the device's next restart. Save it by hand or send the job again.",
  },
  TASK_REFUSED: {
    kind: 'conflict',
    summary: 'The device refused to start the task; the message has its words. Nothing runs.',
  },
  TASK_KILLED: { kind: 'conflict', summary: 'Somebody ended the task before it came to its own end.' },
  TASK_TIMEOUT: {
    kind: 'timeout',
    retryable: true,
    summary:
      'The device of a task did not answer in time: it is out of reach, or busy with an earlier job. What was asked of it may still be done.',
  },
  KEYRING_MISMATCH: {
    kind: 'invalid',
    summary:
      'The keyring of this process lacks the key that the deployment seals secrets with. Give every server and worker the same keyring file.',
  },
  CONFIG_REFUSED: {
    kind: 'conflict',
    summary:
      "The device refused a config line, or the commit. Nothing was saved; the outcome and each line's result say what is in force.",
  },
})
