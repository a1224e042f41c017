import { readFileSync } from 'node:fs'
import type { JsonSchema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import { parse as parseYaml } from 'yaml'
import { failureKinds } from '../definition/platform-file.js'

/** What a platform must take for a prompt, a refusal, a pager, a command that reads, and what it must not. */
export interface PlatformTable {
  /** Texts that end in the prompt, by mode. */
  readonly prompts: Readonly<Record<string, readonly string[]>>
  /** Lines of output that look like prompts: neither they nor any beginning of them may match. */
  readonly notPrompts: readonly string[]
  /** Answers by which the device refuses, by kind. */
  readonly failures: Readonly<Record<string, readonly string[]>>
  /** Answers that hold words of a refusal and are none. */
  readonly notFailures: readonly string[]
  /** Commands that only read. */
  readonly queries: readonly string[]
  /** Commands that may change the device. */
  readonly opaque: readonly string[]
  /** Output that waits at a pager. */
  readonly pagers: readonly string[]
}

interface TableFile {
  prompts: Record<string, string[]>
  not_prompts: string[]
  failures: Record<string, string[]>
  not_failures: string[]
  queries: string[]
  opaque: string[]
  pagers: string[]
}

const texts: JsonSchema = { type: 'array', items: { type: 'string' }, default: [] }
const named: JsonSchema = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }

const tableSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['prompts', 'not_prompts'],
  properties: {
    prompts: { ...named, minProperties: 1 },
    not_prompts: { ...texts, minItems: 3 },
    failures: { ...named, propertyNames: { enum: failureKinds }, default: {} },
    not_failures: texts,
    queries: texts,
    opaque: texts,
    pagers: texts,
  },
}

/**
 * Reads a table from the text of its YAML file; the README has the format.
 * @throws INVALID_INPUT
 */
export function parsePlatformTable(text: string, name: string): PlatformTable {
  const file = compileSchema<TableFile>(tableSchema).parse(parseYaml(text), name)
  const { not_prompts: notPrompts, not_failures: notFailures, ...rest } = file
  return { ...rest, notPrompts, notFailures }
}

/** Reads a table from its file. @throws INVALID_INPUT */
export function readPlatformTable(path: string): PlatformTable {
  return parsePlatformTable(readFileSync(path, 'utf8'), path)
}
