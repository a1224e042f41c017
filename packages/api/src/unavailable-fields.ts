import { apiError } from './errors.js'

/** Documented fields whose capability is not built, with the values that ask for nothing. */
const unavailable: Readonly<Record<string, readonly unknown[]>> = {
  rendering: [],
  parsing: [],
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null

type Body = Readonly<Record<string, unknown>>

/** Commands or config as an object are variables for a template. */
const isToRender = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field that is known and cannot be done is refused, never dropped: the client counts on it. */
const refusal = (fields: readonly string[]): Error =>
  apiError('NOT_AVAILABLE', `Not available in this version: ${fields.join(', ')}.`, {
    details: { errors: fields.map((path) => ({ path, message: 'is not available in this version' })) },
  })

/** @throws NOT_AVAILABLE, naming every such field of the body */
export function refuseUnavailable(body: Body): void {
  const fields = Object.keys(unavailable).filter(
    (field) => isSet(body[field]) && !unavailable[field]?.includes(body[field]),
  )
  fields.push(...['command', 'config'].filter((field) => isToRender(body[field])))
  if (fields.length > 0) throw refusal(fields)
}
