import type { FastifyInstance, FastifyRequest } from 'fastify'
import { apiError } from './errors.js'

/** Deepest nesting of a body: no request needs as much, and what walks through values must come to an end. */
const deepest = 100

/** Longest list or object of a body; a bulk may have more devices when the operator says so. */
const mostEntries = 100_000

const [quote, backslash, comma] = ['"'.charCodeAt(0), '\\'.charCodeAt(0), ','.charCodeAt(0)]
const opening: ReadonlySet<number> = new Set(['['.charCodeAt(0), '{'.charCodeAt(0)])
const closing: ReadonlySet<number> = new Set([']'.charCodeAt(0), '}'.charCodeAt(0)])

/** Where the string that begins at `at` ends. */
function endOfString(text: string, at: number): number {
  let end = at + 1
  while (end < text.length && text.charCodeAt(end) !== quote) end += text.charCodeAt(end) === backslash ? 2 : 1
  return end
}

/** What is too much in a JSON text for anybody to walk through it; nothing when a request may have it. */
function excessOf(text: string, most: number): string | undefined {
  const commas: number[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (opening.has(code)) commas.push(0)
    else if (closing.has(code)) commas.pop()
    else if (code === comma && commas.length > 0) commas[commas.length - 1]!++
    if (commas.length > deepest) return `nests deeper than ${deepest} levels`
    if (commas.at(-1)! >= most) return `has more than ${most} entries in one place`
  }
  return undefined
}

/**
 * Takes JSON and nothing else. Refuses `__proto__`, `constructor.prototype`, deep nesting and endless lists. A
 * content type without a body, as some clients send it where there is none, is no body.
 */
export function takeJsonOnly(app: FastifyInstance, maxDevicesPerBulk: number): void {
  const read = jsonReader(app, maxDevicesPerBulk)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && request.routeOptions.schema?.body === undefined) done(null, undefined)
    else read(request, body).then((value) => done(null, value), done)
  })
}

/** Reads JSON text of a request under the same rules. @throws INVALID_JSON, and what fastify says of JSON */
export type ReadJson = (request: FastifyRequest, text: string) => Promise<unknown>

export function jsonReader(app: FastifyInstance, maxDevicesPerBulk: number): ReadJson {
  const most = Math.max(mostEntries, maxDevicesPerBulk)
  const parse = app.getDefaultJsonParser('error', 'error')
  return (request, text) =>
    new Promise((resolve, reject) => {
      const excess = excessOf(text, most)
      if (excess !== undefined) return reject(apiError('INVALID_JSON', `The body ${excess}.`))
      void parse(request, text, (error, value) => (error === null ? resolve(value) : reject(error)))
    })
}
