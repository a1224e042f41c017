import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { coreError } from './errors.js'
import type { JsonSchema, JsonValue } from './json.js'
import { nearestWord } from './suggestion.js'

/** One thing that is wrong with an input. Never holds the input's value, only its type. */
export interface SchemaViolation {
  /** Where, as a client writes it: `connection_args.port`, `devices[3].host`; empty for the input as a whole. */
  readonly path: string
  /** What is allowed there, what was found, and the nearest right word for a misspelt one. */
  readonly message: string
}

/** A compiled schema. */
export interface Schema<T> {
  readonly definition: JsonSchema
  /** What is wrong, at most 100 places; empty when the input fits. Fills in defaults, in place. */
  check(input: unknown): readonly SchemaViolation[]
  /**
   * The input as its type, with defaults filled in, in place.
   * @throws INVALID_INPUT with `details.errors`, one per violation
   */
  parse(input: unknown, what: string): T
}

/**
 * Preparing a validator costs a tenth of a second, compiling a large schema with it some 35 ms and 150 kB: one validator
 * serves them all, and a schema that is compiled where it is declared, checked and used is compiled once.
 */
class Validator {
  static #shared: Ajv2020 | undefined
  static readonly #compiled = new WeakMap<JsonSchema, ValidateFunction>()

  static compile(definition: JsonSchema): ValidateFunction {
    const known = this.#compiled.get(definition)
    if (known !== undefined) return known
    this.#shared ??= this.#make()
    const validate = this.#shared.compile(definition)
    // It would remember every schema for ever, and refuse a second one with the same `$id`.
    this.#shared.removeSchema(definition)
    this.#compiled.set(definition, validate)
    return validate
  }

  static #make(): Ajv2020 {
    // `strictSchema` stays on: a keyword that does nothing in a plugin's schema is a mistake there.
    return new Ajv2020({
      allErrors: true,
      useDefaults: true,
      allowUnionTypes: true,
      strictTypes: false,
      strictRequired: false,
    })
      .addFormat('regex', isRegularExpression)
      .addKeyword({ keyword: 'example' })
      .addKeyword({ keyword: 'x-unit', schemaType: 'string' })
      .addKeyword({ keyword: 'x-credential', schemaType: 'boolean' })
  }
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number' && Number.isInteger(value)) return 'integer'
  return typeof value
}

/** `/connection_args/jump_hosts/0/port` as a client writes it: `connection_args.jump_hosts[0].port`. */
function pathOf(pointer: string): string {
  const parts = pointer.split('/').slice(1)
  return parts
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
const list = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ')

function unknownKey(error: ErrorObject, path: string): SchemaViolation {
  const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty'])
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {})
  const nearest = nearestWord(key, known)
  const hint =
    nearest !== undefined
      ? `did you mean "${nearest}"?`
      : known.length === 0
        ? 'none is allowed'
        : `known: ${known.sort().join(', ')}`
  return { path: join(path, key), message: `unknown key; ${hint}` }
}

function wrongChoice(error: ErrorObject, path: string): SchemaViolation {
  const allowed = error.params['allowedValues'] as readonly unknown[]
  const words = allowed.filter((value) => typeof value === 'string')
  const nearest = typeof error.data === 'string' ? nearestWord(error.data, words) : undefined
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return { path, message: `must be one of ${list(allowed)}, got ${typeName(error.data)}${hint}` }
}

function violationOf(error: ErrorObject): SchemaViolation {
  const path = pathOf(error.instancePath)
  const found = typeName(error.data)
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(error, path)
    case 'required':
      return { path: join(path, String(error.params['missingProperty'])), message: 'is required' }
    case 'type':
      return { path, message: `must be ${[error.params['type']].flat().join(' or ')}, got ${found}` }
    case 'enum':
      return wrongChoice(error, path)
    case 'const':
      return { path, message: `must be ${JSON.stringify(error.params['allowedValue'])}, got ${found}` }
    default:
      return { path, message: `${error.message ?? 'is not allowed'}, got ${found}` }
  }
}

/** A list of wrong items has a violation for each: what a client reads is told, not what would fill the memory. */
const mostViolations = 100

/** Branches of `anyOf`/`oneOf` report each of their own; the sentence about the whole says nothing to a client. */
function violationsOf(
  errors: readonly ErrorObject[],
  withData: (error: ErrorObject) => ErrorObject,
): SchemaViolation[] {
  const specific = errors.filter((error) => !['anyOf', 'oneOf', 'if', 'allOf'].includes(error.keyword))
  const seen = new Map<string, SchemaViolation>()
  for (const error of specific.length > 0 ? specific : errors) {
    if (seen.size === mostViolations) break
    const violation = violationOf(withData(error))
    const before = seen.get(violation.path)
    if (before === undefined) seen.set(violation.path, violation)
    else if (!before.message.includes(violation.message))
      seen.set(violation.path, { path: violation.path, message: `${before.message}; or ${violation.message}` })
  }
  return [...seen.values()]
}

class CompiledSchema<T> implements Schema<T> {
  readonly definition: JsonSchema
  #validate: ValidateFunction | undefined

  constructor(definition: JsonSchema) {
    this.definition = definition
  }

  check(input: unknown): readonly SchemaViolation[] {
    // Compiled at first use: a process loads many schemas that it never checks.
    this.#validate ??= Validator.compile(this.definition)
    if (this.#validate(input)) return []
    return violationsOf(this.#validate.errors ?? [], (error) => this.#withData(error, input))
  }

  parse(input: unknown, what: string): T {
    const errors = this.check(input)
    if (errors.length === 0) return input as T
    const shown = errors.slice(0, 5).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    const rest = errors.length === mostViolations ? 'many' : String(errors.length - shown.length)
    const more = errors.length > shown.length ? ` (and ${rest} more)` : ''
    throw coreError('INVALID_INPUT', `${what} is invalid: ${shown.join('; ')}${more}`, {
      details: { errors: errors.map(({ path, message }) => ({ path, message })) as JsonValue },
    })
  }

  /** ajv leaves out the value and the schema beside a violation unless `verbose`, which would keep both alive. */
  #withData(error: ErrorObject, input: unknown): ErrorObject {
    const holder = error.schemaPath.slice(1).split('/').slice(0, -1).join('/')
    const parentSchema = at(this.definition, holder) as ErrorObject['parentSchema']
    return { ...error, data: at(input, error.instancePath), parentSchema } as ErrorObject
  }
}

function at(root: unknown, pointer: string): unknown {
  let value = root
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** Prepares a JSON schema for checks. It is compiled at its first use. */
export function compileSchema<T>(definition: JsonSchema): Schema<T> {
  return new CompiledSchema<T>(definition)
}
