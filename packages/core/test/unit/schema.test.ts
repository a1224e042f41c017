import { describe, expect, it } from 'vitest'
import { isNetPulseError } from '../../src/netpulse-error.js'
import { compileSchema } from '../../src/schema.js'

const schema = compileSchema<{ port: number }>({
  type: 'object',
  additionalProperties: false,
  required: ['host'],
  properties: {
    host: { type: 'string', minLength: 1 },
    port: { type: 'integer', minimum: 1, maximum: 65535, default: 22 },
    password: { type: 'string', writeOnly: true },
    transport: { enum: ['ssh', 'telnet'] },
    read_timeout: { type: 'number', exclusiveMinimum: 0 },
    command: { type: ['string', 'array'], items: { type: 'string' } },
    jump_hosts: {
      type: 'array',
      items: { type: 'object', additionalProperties: false, properties: { host: { type: 'string' } } },
    },
    secret: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
})

describe('compileSchema', () => {
  it.each([
    { name: 'a wrong type', input: { host: 5 }, path: 'host', message: 'must be string, got integer' },
    { name: 'an array in place of text', input: { host: [] }, path: 'host', message: 'must be string, got array' },
    { name: 'null', input: { host: null }, path: 'host', message: 'must be string, got null' },
    { name: 'something missing', input: {}, path: 'host', message: 'is required' },
    {
      name: 'a number out of range',
      input: { host: 'a', port: 0 },
      path: 'port',
      message: 'must be >= 1, got integer',
    },
    {
      name: 'a wrong choice',
      input: { host: 'a', transport: 'shh' },
      path: 'transport',
      message: 'must be one of "ssh", "telnet", got string; did you mean "ssh"?',
    },
    {
      name: 'a misspelt key',
      input: { host: 'a', read_timout: 3 },
      path: 'read_timout',
      message: 'unknown key; did you mean "read_timeout"?',
    },
    {
      name: 'a misspelt key deep inside',
      input: { host: 'a', jump_hosts: [{ hots: 'x' }] },
      path: 'jump_hosts[0].hots',
      message: 'unknown key; did you mean "host"?',
    },
    {
      name: 'two allowed types',
      input: { host: 'a', command: 5 },
      path: 'command',
      message: 'must be string or array, got integer',
    },
    {
      name: 'no fitting branch',
      input: { host: 'a', secret: 5 },
      path: 'secret',
      message: 'must be string, got integer; or must be null, got integer',
    },
    { name: 'the whole', input: 'text', path: '', message: 'must be object, got string' },
  ])('says of $name where it is, what is allowed and what was found', ({ input, path, message }) => {
    expect(schema.check(input)).toContainEqual({ path, message })
  })

  it('names the known keys when none is near', () => {
    const [violation] = schema.check({ host: 'a', zzzzzz: 1 })
    expect(violation?.message).toContain('known: command, host,')
  })

  it('never shows a value', () => {
    const violations = schema.check({
      host: 'a',
      password: { hunter2: 'hunter2' },
      transport: 'hunter2',
      port: 'hunter2',
    })
    expect(violations.length).toBeGreaterThan(2)
    expect(JSON.stringify(violations)).not.toContain('hunter2')
  })

  it('fills in defaults', () => {
    expect(schema.parse({ host: 'a' }, 'Input')).toEqual({ host: 'a', port: 22 })
  })

  it('reports everything at once, with INVALID_INPUT', () => {
    let caught: unknown
    try {
      schema.parse({ port: 'x', transport: 'x' }, 'The request')
    } catch (error) {
      caught = error
    }
    if (!isNetPulseError(caught, 'INVALID_INPUT')) throw new Error('expected INVALID_INPUT')
    expect(caught.message).toContain('The request is invalid: ')
    expect((caught.details?.['errors'] as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      'host',
      'port',
      'transport',
    ])
  })

  it('refuses a schema that says something unknown, so that a typo in a plugin is seen', () => {
    expect(() => compileSchema({ type: 'object', propertees: {} }).check({})).toThrow(/propertees/)
  })

  it('keeps the checks of two schemas with one definition, or one $id, apart', () => {
    const definition = { $id: 'acme', type: 'object', properties: { a: { type: 'string' } } }
    const [one, two] = [compileSchema(definition), compileSchema(definition)]
    const other = compileSchema({ ...definition, properties: { a: { type: 'integer' } } })
    const found = one.check({ a: 5 })
    expect(two.check({ a: 'text' })).toEqual([])
    expect(other.check({ a: 5 })).toEqual([])
    expect(found).toEqual([{ path: 'a', message: 'must be string, got integer' }])
    expect(one.check({ a: 5 })).toEqual(found)
  })

  it('tells of a hundred violations at most, and that there are more', () => {
    const list = { host: 'a', command: Array.from({ length: 50_000 }, () => 0) }
    expect(schema.check(list)).toHaveLength(100)
    expect(() => schema.parse(list, 'Request')).toThrow(
      /command\[0\]: must be string, got integer.* \(and many more\)$/,
    )
    const few = { host: 'a', command: [0, 0, 0, 0, 0, 0, 0] }
    expect(() => schema.parse(few, 'Request')).toThrow(/\(and 2 more\)$/)
  })
})
