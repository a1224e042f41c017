import { configDefinition } from './config-schema.js'

/** One value that somebody set, and where it comes from, for messages: `--port`, `NETPULSE_SERVER__PORT`. */
export interface Setting {
  /** `store`, or sections and key: `server.port`, `redis.tls.ca`. */
  readonly path: string
  readonly value: unknown
  readonly source: string
}

interface Described {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Described>>
}

/** The part of the schema that a path leads to; `undefined` when there is none. */
export function describedAt(path: string): Described | undefined {
  let at: Described | undefined = configDefinition as Described
  for (const key of path.split('.')) {
    const properties: Readonly<Record<string, Described>> = at?.properties ?? {}
    at = Object.hasOwn(properties, key) ? properties[key] : undefined
  }
  return at
}

/** All settings by path: `store`, `server.port`, `redis.tls.ca`, ... */
export const settingPaths = (): readonly string[] => pathsBelow(configDefinition as Described, '')

const pathsBelow = ({ properties = {} }: Described, prefix: string): readonly string[] =>
  Object.entries(properties).flatMap(([key, described]) =>
    described.properties === undefined ? [prefix + key] : pathsBelow(described, `${prefix}${key}.`),
  )

/** Text of a flag or a variable as its setting's type; text that does not fit stays, and the check refuses it. */
export function typedValue(path: string, text: string): unknown {
  const type = describedAt(path)?.type
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (type === 'array') return listOf(text)
  if (type === 'object') return jsonOr(text)
  return text
}

/** Several values of one variable stand between commas. */
const listOf = (text: string): unknown =>
  text.trimStart().startsWith('[') ? jsonOr(text) : text.split(',').map((one) => one.trim())

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
