import { parseArgs } from 'node:util'
import { nearestWord } from '@netpulse/core'
import { configError } from './errors.js'
import type { Setting } from './settings.js'
import { typedValue } from './settings.js'

/** A flag of a program. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  /** One letter. */
  readonly short?: string
  /** Path of the setting that it sets: `server.port`. */
  readonly sets?: string
}

/** A command line, taken apart. */
export interface ParsedFlags {
  /** What stands there without dashes. */
  readonly words: readonly string[]
  readonly settings: readonly Setting[]
  /** Text of a flag that has one. */
  text(flag: string): string | undefined
  has(flag: string): boolean
}

type Token = { readonly kind: string; readonly name?: string; readonly rawName?: string; readonly value?: unknown }

/**
 * Reads the flags of a program.
 * @throws USAGE for a flag that does not exist, with the nearest one, or that lacks its value
 */
export function parseFlags(args: readonly string[], flags: Readonly<Record<string, Flag>>): ParsedFlags {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  )
  const parsed = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  for (const token of parsed.tokens as readonly Token[]) if (token.kind === 'option') checkFlag(token, flags)
  const text = (flag: string): string | undefined => {
    const value = parsed.values[flag]
    return typeof value === 'string' ? value : undefined
  }
  const settings = Object.entries(flags).flatMap(([name, { sets }]) => {
    const value = text(name)
    return sets === undefined || value === undefined
      ? []
      : [{ path: sets, value: typedValue(sets, value), source: `--${name}` }]
  })
  return { words: parsed.positionals, settings, text, has: (flag) => parsed.values[flag] === true }
}

function checkFlag({ name = '', rawName = '', value }: Token, flags: Readonly<Record<string, Flag>>): void {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag === undefined) {
    const nearest = nearestWord(name, Object.keys(flags))
    throw configError('USAGE', `Unknown flag ${rawName}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`)
  }
  if (flag.type === 'string' && (value === undefined || value === ''))
    throw configError('USAGE', `${rawName} needs a value.`)
  if (flag.type === 'boolean' && value !== undefined) throw configError('USAGE', `${rawName} takes no value.`)
}
