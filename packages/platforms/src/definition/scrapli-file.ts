import type { JsonSchema, Schema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'

/** One instruction; exactly one key is set. */
export interface ScrapliInstruction {
  readonly enter_mode?: { readonly requested_mode: string }
  readonly send_input?: { readonly input: string }
  readonly write?: { readonly input: string }
  readonly send_prompted_input?: {
    readonly input: string
    readonly prompt_exact?: string
    readonly prompt_pattern?: string
    readonly response: string
  }
}

export interface ScrapliMode {
  readonly name: string
  readonly prompt_pattern: string
  readonly prompt_excludes?: readonly string[]
  readonly accessible_modes?: readonly {
    readonly name: string
    readonly instructions?: readonly ScrapliInstruction[]
  }[]
}

/** A platform file in the layout of the `scrapli_definitions` project. */
export interface ScrapliFile {
  readonly prompt_pattern: string
  readonly default_mode: string
  readonly modes: readonly ScrapliMode[]
  readonly failure_indicators?: readonly string[]
  readonly on_open_instructions?: readonly ScrapliInstruction[]
  readonly on_close_instructions?: readonly ScrapliInstruction[]
  readonly ntc_templates_platform?: string
  /** Ours, not the layout's: the file takes the place of a shipped platform of its name. */
  readonly replaces?: boolean
}

const text: JsonSchema = { type: 'string' }
const texts: JsonSchema = { type: 'array', items: text }
const object = (properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})

const input = object({ input: text }, ['input'])
const instruction: JsonSchema = {
  ...object({
    enter_mode: object({ requested_mode: text }, ['requested_mode']),
    send_input: input,
    write: input,
    send_prompted_input: object({ input: text, prompt_exact: text, prompt_pattern: text, response: text }, [
      'input',
      'response',
    ]),
  }),
  minProperties: 1,
  maxProperties: 1,
}
const instructions: JsonSchema = { type: 'array', items: instruction }
const mode = object(
  {
    name: text,
    prompt_pattern: text,
    prompt_excludes: texts,
    accessible_modes: { type: 'array', items: object({ name: text, instructions }, ['name']) },
  },
  ['name', 'prompt_pattern'],
)

/** Prepares the check of files in that layout. `genie_platform` and `force_in_session_auth` are taken and not used. */
export function scrapliFileCheck(): Schema<ScrapliFile> {
  return compileSchema<ScrapliFile>(
    object(
      {
        prompt_pattern: text,
        default_mode: text,
        modes: { type: 'array', items: mode, minItems: 1 },
        failure_indicators: texts,
        on_open_instructions: instructions,
        on_close_instructions: instructions,
        ntc_templates_platform: text,
        genie_platform: text,
        force_in_session_auth: { type: 'boolean' },
        replaces: { type: 'boolean' },
      },
      ['prompt_pattern', 'default_mode', 'modes'],
    ),
  )
}

/** Tells the two formats apart by shape: modes are a list there, and named by keys in NetPulse's own. */
export function looksLikeScrapli(file: unknown): boolean {
  return typeof file === 'object' && file !== null && Array.isArray((file as { modes?: unknown }).modes)
}
