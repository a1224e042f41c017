import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { flawsOfModel, operations } from '../support/openapi-document.js'

const root = new URL('../../../../', import.meta.url)
const textOf = (file: string): string => readFileSync(new URL(file, root), 'utf8')

const text = textOf('docs/llms.txt')
const reference = textOf('docs/reference/openapi.json')

const spans = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, span]) => span!)
const requests = spans.filter((span) => /^(GET|POST|PUT|DELETE) /.test(span))
const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json!) as object)

/** Every name and every word of a list of choices in the document: fields, parameters, headers, models. */
function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...wordsOf(inner)])
}

const known = new Set([
  ...wordsOf(JSON.parse(reference)).map((word) => word.toLowerCase()),
  ...[...textOf('docs/reference/errors.md').matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code!.toLowerCase()),
  ...readdirSync(new URL('packages/platforms/definitions', root)).map((file) => file.replace(/\.yaml$/, '')),
])

/** A header with its value is known by its name. */
const wordsIn = (span: string): readonly string[] =>
  span.startsWith('Authorization: ')
    ? ['bearer']
    : span
        .replace(/: KEY$/, '')
        .toLowerCase()
        .split('.')

describe('docs/llms.txt', () => {
  it('shows requests and bodies', () => {
    expect(requests.length).toBeGreaterThan(8)
    expect(examples).toHaveLength(2)
  })

  it.each(requests)('names an operation with its parameters: %s', (request) => {
    const [, method, path, query = ''] = /^(\w+) ([^?]+)\??(.*)$/.exec(request)!
    const found = operations.find((one) => one.method === method && one.path === path)
    expect(found).toBeDefined()
    const parameters = (found?.operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name)
    expect(parameters).toEqual(expect.arrayContaining([...new URLSearchParams(query).keys()]))
  })

  it.each(spans.filter((span) => !requests.includes(span) && !span.startsWith('/')))(
    'says a word that the reference has: %s',
    (span) => {
      expect(wordsIn(span).filter((word) => !known.has(word))).toEqual([])
    },
  )

  it.each(examples.map((body) => [JSON.stringify(body), body] as const))('shows a body that fits: %s', (_, body) => {
    expect(flawsOfModel('ExecutionRequest', body)).toEqual([])
    const { connection_args, ...fields } = body as { connection_args: Record<string, unknown> }
    const { host, ...ofDriver } = connection_args
    expect(host).toBeTypeOf('string')
    expect(flawsOfModel('cli.connection_args', ofDriver)).toEqual([])
    expect(Object.keys(fields).every((field) => known.has(field))).toBe(true)
  })
})
