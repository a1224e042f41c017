import { isAbsolute } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DefinitionReader, shippedNames } from '../../src/definition/definition-file.js'

describe('DefinitionReader', () => {
  it('calls a shipped file by its base name, so that no error tells a path of the server', () => {
    for (const { name } of shippedNames()) {
      const source = new DefinitionReader().findShipped(name)?.source
      expect(source).toBe(`${name}.yaml`)
      expect(isAbsolute(source!)).toBe(false)
    }
  })

  it.each(['../definitions/linux', 'no_such_os', ''])('finds no shipped file for %j', (name) => {
    expect(new DefinitionReader().findShipped(name)).toBeUndefined()
  })

  it('names every pattern that is wrong in one error', () => {
    const text = "name: x\ndefault_mode: a\nmodes: { a: { prompt: '(a+)+b' }, b: { prompt: 'c)' } }\n"
    const file = new DefinitionReader().parse(text, 'x.yaml')
    expect(() => file.compile(undefined)).toThrow(/x\.yaml is invalid: modes\.a\.prompt: .*; modes\.b\.prompt: /)
  })
})
