import { existsSync, readFileSync } from 'node:fs'
import type { JsonSchema } from '@netpulse/core'
import { compileSchema } from '@netpulse/core'
import { parse as parseYaml } from 'yaml'
import { platformError } from '../errors.js'
import { packagePath } from '../package-files.js'
import type { RecordedExchange, RecordedSession } from './recorded-session.js'

interface ExchangeFile {
  mode: string
  input: string
  enter: boolean
  echo: boolean
  output?: string
  raw?: string
  prompt?: string
  next_mode?: string
  closes?: boolean
  failure?: string
}

interface SessionFile {
  platform: string
  hostname: string
  origin: string
  start_mode: string
  login?: string
  raw_login?: string
  prompts: Record<string, string>
  secrets: Record<string, string>
  exchanges: ExchangeFile[]
}

const text: JsonSchema = { type: 'string' }
const texts: JsonSchema = { type: 'object', additionalProperties: text, default: {} }

const exchangeSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['mode', 'input'],
  properties: {
    mode: { ...text, description: 'State before: a mode, or a name that starts with `?`.' },
    input: { ...text, description: 'What is typed, without the return key.' },
    enter: { type: 'boolean', default: true, description: '`false`: the keys are sent without return.' },
    echo: { type: 'boolean', default: true, description: '`false`: the device does not print what is typed.' },
    output: { ...text, description: 'What is printed between echo and prompt; each line end stands for CR LF.' },
    raw: { ...text, description: 'Every byte, echo and prompt included; instead of `output`.' },
    prompt: { ...text, description: 'The prompt after it, where it differs from the one in `prompts`.' },
    next_mode: { ...text, description: 'State after; default: the state before.' },
    closes: { type: 'boolean', description: '`true`: the device hangs up.' },
    failure: { ...text, description: 'The device refuses: kind of the failure.' },
  },
}

const sessionSchema = compileSchema<SessionFile>({
  type: 'object',
  additionalProperties: false,
  required: ['platform', 'hostname', 'origin', 'start_mode', 'prompts', 'exchanges'],
  properties: {
    platform: text,
    hostname: text,
    origin: { ...text, description: 'Where the conversation is from: a recording, or the guide it was written after.' },
    start_mode: text,
    login: { ...text, description: 'What is printed before the first prompt; each line end stands for CR LF.' },
    raw_login: { ...text, description: 'Every byte up to and with the first prompt; instead of `login`.' },
    prompts: { ...texts, description: 'The text that the device waits at, by state.' },
    secrets: texts,
    exchanges: { type: 'array', items: exchangeSchema },
  },
})

const wire = (lines: string): string => lines.replaceAll('\n', '\r\n')

function promptOf(file: SessionFile, state: string, where: string): string {
  const prompt = file.prompts[state]
  if (prompt === undefined) {
    const known = Object.keys(file.prompts).join(', ')
    throw platformError('SESSION_FILE_INVALID', `${where}: no prompt for state "${state}"; prompts has: ${known}`)
  }
  return prompt
}

function exchangeOf(file: SessionFile, exchange: ExchangeFile, where: string): RecordedExchange {
  const { mode, input, enter, failure } = exchange
  const next = exchange.closes === true ? undefined : (exchange.next_mode ?? mode)
  const prompt =
    exchange.prompt ?? (next === undefined || exchange.raw !== undefined ? '' : promptOf(file, next, where))
  const echo = `${exchange.echo ? input : ''}${enter ? '\r\n' : ''}`
  return {
    mode,
    input,
    enter,
    output: exchange.raw ?? echo + wire(exchange.output ?? '') + prompt,
    ...(next === undefined ? {} : { nextMode: next }),
    ...(failure === undefined ? {} : { failure }),
  }
}

/**
 * Reads a session from the text of its file. The format stands in the README of this package.
 * @throws INVALID_INPUT when the file does not fit the schema, SESSION_FILE_INVALID when a state has no prompt
 */
export function parseSession(source: string, name: string): RecordedSession {
  const file = sessionSchema.parse(parseYaml(source), name)
  const login = wire(file.login ?? '') + promptOf(file, file.start_mode, name)
  return {
    platform: file.platform,
    hostname: file.hostname,
    login: file.raw_login ?? login,
    startState: file.start_mode,
    secrets: file.secrets,
    exchanges: file.exchanges.map((exchange, index) => exchangeOf(file, exchange, `${name}: exchanges[${index}]`)),
  }
}

/**
 * The session of this package for a shipped platform (its name, not an alias).
 * @throws SESSION_FILE_INVALID when there is none
 */
export function loadSession(platform: string): RecordedSession {
  const name = `${platform}.session.yaml`
  const file = packagePath('fixtures', 'sessions', name)
  if (!existsSync(file)) throw platformError('SESSION_FILE_INVALID', `there is no recorded session ${name}`)
  return parseSession(readFileSync(file, 'utf8'), name)
}
