import type { FastifyInstance, FastifyRequest } from 'fastify'
import { apiError } from './errors.js'

/** Deepest nesting of a body: no request needs as much, and what walks through values must come to an end. */
const deepest = 100

const [quote, backslash] = ['"'.charCodeAt(0), '\\'.charCodeAt(0)]
const opening: ReadonlySet<number> = new Set(['['.charCodeAt(0), '{'.charCodeAt(0)])
const closing: ReadonlySet<number> = new Set([']'.charCodeAt(0), '}'.charCodeAt(0)])

/** Where the string that begins at `at` ends. */
function endOfString(text: string, at: number): number {
  let end = at + 1
  while (end < text.length && text.charCodeAt(end) !== quote) end += text.charCodeAt(end) === backslash ? 2 : 1
  return end
}

/** Whether a JSON text nests deeper than any request needs. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length && depth <= deepest; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (opening.has(code)) depth++
    else if (closing.has(code)) depth--
  }
  return depth > deepest
}

/**
 * Takes JSON and nothing else. Refuses `__proto__`, `constructor.prototype` and deep nesting. A DELETE with a content
 * type and no body, as some clients send it, has no body.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const read = jsonReader(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && request.method === 'DELETE') done(null, undefined)
    else read(request, body).then((value) => done(null, value), done)
  })
}

/** Reads JSON text of a request under the same rules. @throws INVALID_JSON, and what fastify says of JSON */
export type ReadJson = (request: FastifyRequest, text: string) => Promise<unknown>

export function jsonReader(app: FastifyInstance): ReadJson {
  const parse = app.getDefaultJsonParser('error', 'error')
  return (request, text) =>
    new Promise((resolve, reject) => {
      if (isTooDeep(text)) return reject(apiError('INVALID_JSON', `The body nests deeper than ${deepest} levels.`))
      void parse(request, text, (error, value) => (error === null ? resolve(value) : reject(error)))
    })
}
