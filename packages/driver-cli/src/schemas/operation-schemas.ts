import type { JsonSchema } from '@netpulse/core'

const pattern = (description: string): JsonSchema => ({ type: 'string', maxLength: 500, description })
const flag = (description: string, byDefault: boolean): JsonSchema => ({
  type: 'boolean',
  default: byDefault,
  description,
})
const seconds = (description: string, byDefault: number): JsonSchema => ({
  type: 'number',
  minimum: 0,
  maximum: 86_400,
  default: byDefault,
  'x-unit': 's',
  description,
})
const withoutEffect = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  description: 'Accepted for compatibility with Netmiko, without effect: an answer ends with its prompt.',
})
const onlyFalse = (why: string): JsonSchema => ({ const: false, description: `Only \`false\`: ${why}` })
const onlyTrue = (why: string): JsonSchema => ({ const: true, description: `Only \`true\`: ${why}` })

const question = { type: 'string', minLength: 1, maxLength: 500 } as const
const reply = { type: 'string', maxLength: 1024, pattern: '^[^\\u0000-\\u001f\\u007f]*$' } as const

const answers: JsonSchema = {
  description:
    'Questions that the device may ask before its prompt, as regular expressions, with what to type. A map, or a list where the order matters: the first one that fits answers. Not for secrets: `driver_args` are stored as they are.',
  anyOf: [
    { type: 'object', additionalProperties: reply, propertyNames: question, maxProperties: 50 },
    {
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['question', 'answer'],
        properties: { question, answer: reply },
      },
    },
  ],
}

const delays = {
  delay_factor: withoutEffect({ type: ['number', 'null'] }),
  max_loops: withoutEffect({ type: ['integer', 'null'] }),
} as const

const cmdVerify = flag(
  'A prompt counts only after the echo of the input. `false`: for devices that do not echo what was sent.',
  true,
)

/** `driver_args` of a request with `command`. */
export const commandSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    read_timeout: seconds('From sending a command to the end of its answer. 0: only the job’s own limit.', 30),
    expect_string: pattern(
      'Regular expression that ends the answer as well as the prompt does: a question that the next command answers.',
    ),
    answers,
    strip_prompt: flag('Leave the prompt out of the output.', true),
    strip_command: flag('Leave the echo of the command out of the output.', true),
    normalize: flag('Take blanks from the end of the command.', true),
    cmd_verify: cmdVerify,
    auto_find_prompt: withoutEffect({ type: 'boolean' }),
    ...delays,
    use_textfsm: onlyFalse('ask for `parsing` with `textfsm` instead.'),
    use_ttp: onlyFalse('ask for `parsing` with `ttp` instead.'),
    use_genie: onlyFalse('there is no Genie here; ask for `parsing` instead.'),
    raise_parsing_error: onlyFalse('parsing has its own options.'),
  },
}

/** `driver_args` of a request with `config`. */
export const configSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    read_timeout: seconds('From sending a line to the end of its answer. 0: only the job’s own limit.', 10),
    commit_timeout: seconds('Commit, compare, discard and save, each.', 120),
    error_pattern: pattern(
      'Regular expression for a refusal, searched in each line of an answer, instead of the platform’s own. Empty: the platform’s own.',
    ),
    answers,
    config_mode_command: {
      type: 'string',
      maxLength: 200,
      pattern: '^[^\\u0000-\\u001f\\u007f]*$',
      description: 'Command that enters config mode, instead of the platform’s own.',
    },
    exclusive: {
      type: 'boolean',
      description:
        'Take the configuration for this session alone. Absent: where the platform has a candidate that users share, so that nobody else’s changes are committed or discarded, if the device has such a mode.',
    },
    strip_prompt: flag('Leave the prompt out of each line’s output.', true),
    strip_command: flag('Leave the echo of the line out of its output.', true),
    cmd_verify: cmdVerify,
    enter_config_mode: onlyTrue('config lines are sent in config mode; send a command for anything else.'),
    exit_config_mode: onlyTrue('no session is left in config mode.'),
    terminator: withoutEffect({ type: 'string' }),
    bypass_commands: withoutEffect({ type: ['string', 'null'] }),
    ...delays,
  },
}

/** Request-level switches. */
export const switchesSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    save: flag('After a config push in full, save the running configuration as the startup one.', false),
    enable_mode: flag('Run the commands in the privileged mode; the session goes back to its own afterwards.', false),
    dry_run: flag(
      'Load the configuration, show the difference, discard it. Only on platforms with a candidate.',
      false,
    ),
  },
}

/** The operator's options of the plugin. */
export const optionsSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    platforms: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'YAML files of further platforms, relative to the working directory.',
    },
  },
}
