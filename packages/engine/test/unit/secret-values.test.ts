import { describe, expect, it } from 'vitest'
import { marksSecrets, namesSecret, replaceSecrets, secretValues } from '../../src/submit/secret-values.js'

const secret = { type: 'string', writeOnly: true }

describe('secret values', () => {
  it.each([
    { name: 'a property', schema: { properties: { key: secret } }, data: { key: 's', other: 'x' }, found: ['s'] },
    {
      name: 'an item of an array of objects',
      schema: { properties: { hops: { items: { properties: { key: secret } } } } },
      data: { hops: [{ key: 'a' }, { key: 'b', host: 'h' }] },
      found: ['a', 'b'],
    },
    {
      name: 'an array of secrets',
      schema: { properties: { keys: { items: secret } } },
      data: { keys: ['a', 'b'] },
      found: ['a', 'b'],
    },
    {
      name: 'everything below a secret object',
      schema: { properties: { box: { writeOnly: true } } },
      data: { box: { a: ['x', { b: 'y' }], n: 1234, t: true } },
      found: ['x', 'y', '1234'],
    },
    {
      name: 'values of a map',
      schema: { properties: { answers: { additionalProperties: secret } } },
      data: { answers: { 'Password:': 'a' } },
      found: ['a'],
    },
    {
      name: 'values by key pattern',
      schema: { patternProperties: { '^k_': secret } },
      data: { k_1: 'a', other: 'b' },
      found: ['a'],
    },
    {
      name: 'prefix items',
      schema: { properties: { pair: { prefixItems: [{ type: 'string' }, secret] } } },
      data: { pair: ['user', 'a'] },
      found: ['a'],
    },
    {
      name: 'a reference',
      schema: { properties: { hop: { $ref: '#/$defs/hop' } }, $defs: { hop: { properties: { key: secret } } } },
      data: { hop: { key: 'a' } },
      found: ['a'],
    },
    {
      name: 'an alternative',
      schema: { properties: { key: { anyOf: [{ type: 'null' }, secret] } } },
      data: { key: 'a' },
      found: ['a'],
    },
    {
      name: 'a condition',
      schema: { if: {}, then: { properties: { key: secret } } },
      data: { key: 'a' },
      found: ['a'],
    },
    {
      name: 'a schema that refers to itself',
      schema: { properties: { next: { $ref: '#' }, key: secret } },
      data: { next: { next: { key: 'b' }, key: 'a' } },
      found: ['b', 'a'],
    },
    {
      name: 'a well-known name that the schema forgot to mark',
      schema: { properties: { password: { type: 'string' } } },
      data: { password: 'a', passwords_seen: 'b' },
      found: ['a'],
    },
    {
      name: 'nothing where nothing is secret',
      schema: { properties: { a: { type: 'string' } } },
      data: { a: 'x', b: [1, null, true] },
      found: [],
    },
  ])('finds $name', ({ schema, data, found }) => {
    expect(secretValues(schema, data)).toEqual(found)
  })

  it('takes their place and leaves the rest as it is', () => {
    const schema = { properties: { hops: { items: { properties: { key: secret } } } } }
    const data = { hops: [{ key: 'a', host: 'h' }], n: 1 }
    expect(replaceSecrets(schema, data, () => '***')).toEqual({ hops: [{ key: '***', host: 'h' }], n: 1 })
    expect(data.hops[0]!.key).toBe('a')
  })

  it.each([
    {
      name: 'a schema with a secret deep inside',
      found: marksSecrets({ properties: { a: { items: secret } } }),
      is: true,
    },
    { name: 'a schema without', found: marksSecrets({ properties: { a: { type: 'string' } } }), is: false },
    { name: 'data with a well-known name deep inside', found: namesSecret({ a: [{ password: 'x' }] }), is: true },
    { name: 'data without', found: namesSecret({ a: [{ b: null }], passwords: 1 }), is: false },
  ])('are looked for in $name', ({ found, is }) => {
    expect(found).toBe(is)
  })
})
