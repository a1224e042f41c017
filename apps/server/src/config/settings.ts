import { configDefinition } from './config-schema.js'

/** One value that somebody set, and where it comes from, for messages: `--port`, `NETPULSE_SERVER__PORT`. */
export interface Setting {
  /** `store`, or section and key: `server.port`. */
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

/** All settings by path: `store`, `server.port`, ... */
export function settingPaths(): readonly string[] {
  return Object.entries((configDefinition as Described).properties ?? {}).flatMap(([key, { properties }]) =>
    properties === undefined ? [key] : Object.keys(properties).map((inner) => `${key}.${inner}`),
  )
}

/** Text of a flag or a variable as its setting's type; text that does not fit stays, and the check refuses it. */
export function typedValue(path: string, text: string): unknown {
  const type = describedAt(path)?.type
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'object') return jsonOr(text)
  return text
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
