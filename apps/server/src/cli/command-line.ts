import { parseArgs } from 'node:util'
import { nearestWord } from '@netpulse/core'
import type { Setting } from '../config/settings.js'
import { typedValue } from '../config/settings.js'
import { serverError } from '../errors.js'

/** Flags that set something, with the setting. */
const settingOf: Readonly<Record<string, string>> = {
  host: 'server.host',
  port: 'server.port',
  store: 'store',
  demo: 'demo',
  'log-level': 'log.level',
}

const options = {
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  store: { type: 'string' },
  demo: { type: 'string' },
  'log-level': { type: 'string' },
  embedded: { type: 'boolean' },
  name: { type: 'string' },
  role: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** Devices of `--demo` without a number. */
const demoDevices = 3

/** A command line, taken apart. */
export interface CommandLine {
  readonly words: readonly string[]
  readonly settings: readonly Setting[]
  readonly config?: string
  readonly name?: string
  readonly role?: string
  readonly help: boolean
  readonly version: boolean
}

/** `--demo` may stand alone. */
function withDemoCount(args: readonly string[]): string[] {
  const whole: string[] = []
  for (const [index, arg] of args.entries()) {
    if (arg === '--demo') whole.push(`--demo=${/^\d+$/.test(args[index + 1] ?? '') ? args[index + 1] : demoDevices}`)
    else if (args[index - 1] !== '--demo' || !/^\d+$/.test(arg)) whole.push(arg)
  }
  return whole
}

type Token = { readonly kind: string; readonly name?: string; readonly rawName?: string; readonly value?: unknown }

/** @throws USAGE for a flag that does not exist, with the nearest one, or that lacks its value */
function checkFlag({ name = '', rawName = '', value }: Token): void {
  const option = Object.hasOwn(options, name) ? options[name as keyof typeof options] : undefined
  if (option === undefined) {
    const nearest = nearestWord(name, Object.keys(options))
    throw serverError('USAGE', `Unknown flag ${rawName}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`)
  }
  if (option.type === 'string' && (value === undefined || value === ''))
    throw serverError('USAGE', `${rawName} needs a value.`)
  if (option.type === 'boolean' && value !== undefined) throw serverError('USAGE', `${rawName} takes no value.`)
}

/** @throws USAGE */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const parsed = parseArgs({ args: withDemoCount(args), options, strict: false, allowPositionals: true, tokens: true })
  for (const token of parsed.tokens) if (token.kind === 'option') checkFlag(token as Token)
  const values = parsed.values as Readonly<Record<string, string | boolean | undefined>>
  const text = (name: 'config' | 'name' | 'role') =>
    values[name] === undefined ? {} : { [name]: String(values[name]) }
  const settings = Object.entries(settingOf).flatMap(([flag, path]) => {
    const value = values[flag]
    return typeof value === 'string' ? [{ path, value: typedValue(path, value), source: `--${flag}` }] : []
  })
  return {
    words: parsed.positionals,
    settings,
    ...text('config'),
    ...text('name'),
    ...text('role'),
    help: values['help'] === true,
    version: values['version'] === true,
  }
}
