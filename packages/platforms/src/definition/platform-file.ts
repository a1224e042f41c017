import type { JsonSchema, Schema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'

/** One step, as a file writes it. Plain text is a line to send. */
export type StepFile =
  | string
  | { readonly enter: string }
  | { readonly write: string }
  | { readonly send: string; readonly question?: string; readonly answer?: string; readonly secret?: string }

interface ModeFile {
  readonly prompt: string
  readonly excludes?: readonly string[]
  readonly moves?: Readonly<Record<string, readonly StepFile[]>>
}

export interface QuestionFile {
  readonly question: string
  readonly answer: string
}

export interface ConfigFile {
  readonly mode: string
  readonly exclusive_mode?: string
  readonly candidate?: {
    readonly commit: readonly string[]
    readonly discard: readonly string[]
    readonly compare?: string
    readonly commit_confirmed?: string
    readonly confirm?: string
  }
  readonly questions?: readonly QuestionFile[]
  readonly save?: { readonly command: string; readonly mode?: string; readonly answers?: readonly QuestionFile[] }
  readonly blocks?: readonly { readonly start: string; readonly end: string }[]
}

/** A platform file in NetPulse's own format. */
export interface PlatformFile {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly replaces?: boolean
  readonly ntc_platform?: string
  readonly default_mode: string
  readonly modes: Readonly<Record<string, ModeFile>>
  readonly on_open?: readonly StepFile[]
  readonly on_close?: readonly StepFile[]
  readonly failures?: Readonly<Record<string, readonly string[]>>
  readonly pagers?: readonly { readonly pattern: string; readonly answer: string }[]
  readonly config?: ConfigFile
  readonly show_prefixes?: readonly string[]
  readonly show_filters?: readonly string[]
  readonly show_excludes?: readonly string[]
  readonly policy?: {
    readonly denied?: readonly string[]
    readonly prefixes?: readonly string[]
    readonly separators?: readonly string[]
  }
  readonly login?: { readonly username?: string; readonly password?: string; readonly refused?: string }
  readonly return_key?: string
  readonly interrupt_key?: string | null
}

/** Kinds of refusal; the same words as in results. */
export const failureKinds = [
  'unknown_command',
  'incomplete',
  'ambiguous',
  'invalid_input',
  'denied',
  'commit_failed',
  'other',
] as const

const described = (description: string, schema: JsonSchema): JsonSchema => ({ ...schema, description })
const text: JsonSchema = { type: 'string' }
const nonEmpty: JsonSchema = { type: 'string', minLength: 1 }
const name: JsonSchema = { type: 'string', pattern: '^[a-z][a-z0-9_]*$' }
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items })
const texts = list(nonEmpty)
const patterns = described('Patterns; see the README for their language.', list(nonEmpty))
const object = (properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

const question = object({ question: described('Pattern; ends the output.', nonEmpty), answer: text }, [
  'question',
  'answer',
])

const step: JsonSchema = {
  type: ['string', 'object'],
  additionalProperties: false,
  properties: {
    enter: described('Move to this mode.', name),
    write: described('Write the line and wait for nothing.', text),
    send: described('Send the line, wait for the question if there is one, then for a prompt.', text),
    question: described('Pattern of the question that `send` leads to.', nonEmpty),
    answer: described('Literal answer.', text),
    secret: described('Answer with this secret of the request: `secret` is the enable password.', nonEmpty),
  },
}
const steps = list(step)

const mode = object(
  {
    prompt: described('Pattern; ends the output.', nonEmpty),
    excludes: described('Literal texts; with one of them it is not this prompt.', texts),
    moves: described('Mode to enter: steps.', { type: 'object', propertyNames: name, additionalProperties: steps }),
  },
  ['prompt'],
)

const candidate = object(
  {
    commit: described('Commands that put the candidate in force.', { ...texts, minItems: 1 }),
    discard: described('Commands that drop the candidate; they may leave the mode.', { ...texts, minItems: 1 }),
    compare: described('Command that shows the difference to the running configuration.', nonEmpty),
    commit_confirmed: described('Commit with a dead-man timer; {seconds} or {minutes} is replaced.', nonEmpty),
    confirm: described('Command that confirms it.', nonEmpty),
  },
  ['commit', 'discard'],
)

const config = object(
  {
    mode: described('The mode that takes config lines.', name),
    exclusive_mode: described('The mode for exclusive access.', name),
    candidate: described('Absent: lines are in force at once.', candidate),
    questions: described('Questions of commit, discard and of leaving the mode.', list(question)),
    save: described(
      'Running to startup, from the default mode, or from `mode`.',
      object({ command: nonEmpty, mode: name, answers: list(question) }, ['command']),
    ),
    blocks: described(
      'Lines that belong together. `end`: a pattern, or `delimiter` for the characters that `start` captured.',
      list(object({ start: nonEmpty, end: nonEmpty }, ['start', 'end'])),
    ),
  },
  ['mode'],
)

const definition: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'NetPulse platform',
  ...object(
    {
      name: described('`vendor_os`.', name),
      aliases: described('Further names: Netmiko device types, older names.', list(name)),
      replaces: described('`true`: goes before a built-in platform of the same name or alias.', { type: 'boolean' }),
      ntc_platform: described('Name in ntc-templates.', nonEmpty),
      default_mode: described('The mode for commands.', name),
      modes: described('By name. The first of several with one prompt is assumed.', {
        type: 'object',
        minProperties: 1,
        propertyNames: name,
        additionalProperties: mode,
      }),
      on_open: described('Steps after login.', steps),
      on_close: described('Steps before the connection is closed.', steps),
      failures: described('Patterns of refusals by kind; matched against lines.', {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(failureKinds.map((kind) => [kind, patterns])),
      }),
      pagers: list(object({ pattern: nonEmpty, answer: nonEmpty }, ['pattern', 'answer'])),
      config: described('Absent: the platform cannot be configured by lines.', config),
      show_prefixes: described('Commands that only read: `sh[ow]`, `*` one word, `...` any words.', texts),
      show_filters: described('Filters after `|` that only read.', texts),
      show_excludes: described('Patterns that make a command more than reading.', patterns),
      policy: described(
        'For the command policy; rules in the words of `show_prefixes`, with `mkfs*` and `$` for the end.',
        object({
          denied: described(
            'Commands that restart, wipe or lock the device. Default: those that most platforms have.',
            texts,
          ),
          prefixes: described('Words before a command: `do`; `sudo ...` when it may begin at any later word.', texts),
          separators: described('Texts that begin another command: `;`.', texts),
        }),
      ),
      login: described(
        'Questions of a telnet login.',
        object({ username: nonEmpty, password: nonEmpty, refused: nonEmpty }),
      ),
      return_key: described('What a return key sends.', nonEmpty),
      interrupt_key: described('What interrupts a command; null: nothing does.', { type: ['string', 'null'] }),
    },
    ['name', 'default_mode', 'modes'],
  ),
}

/** The JSON schema of a platform file, for editors and for the reference page. */
export function platformFileSchema(): JsonSchema {
  return definition
}

/** Prepares the check of platform files. */
export function platformFileCheck(): Schema<PlatformFile> {
  return compileSchema<PlatformFile>(definition)
}
